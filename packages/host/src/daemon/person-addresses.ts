/** What the methods of addresses and requests ask of a person's machine. */
import type {
  AddressCardView,
  AddressView,
  ContactView,
  IdentityView,
  RequestView,
} from '@tacet/api';
import type { Millis } from '@tacet/base';

export interface PersonAddresses {
  readonly identities: {
    create(
      request: { readonly name: string; readonly sameKeys?: boolean },
      now: Millis,
    ): IdentityView;
    list(): readonly IdentityView[];
    delete(identity: string, now: Millis): void;
  };
  /** Own reusable addresses, and requests that came to them. */
  readonly addresses: {
    create(
      request: { readonly label: string; readonly identity?: string },
      now: Millis,
    ): AddressView;
    list(): readonly AddressView[];
    show(id: string): AddressView;
    rotate(request: { readonly id: string; readonly days?: number }, now: Millis): AddressView;
    revoke(id: string, now: Millis): AddressView;
    look(address: string): AddressCardView;
    requests(): readonly RequestView[];
    deleteRequest(id: string, now: Millis): void;
    blockRequest(id: string, now: Millis): void;
  };
  sendRequest(
    request: {
      readonly address: string;
      readonly name?: string;
      readonly text?: string;
      readonly identity?: string;
    },
    now: Millis,
  ): ContactView;
  blockContact(idOrName: string, now: Millis): ContactView;
  unblockContact(idOrName: string, now: Millis): ContactView;
  deleteContact(idOrName: string, block: boolean, now: Millis): void;
  acceptRequest(
    request: { readonly id: string; readonly name?: string; readonly identity?: string },
    now: Millis,
  ): ContactView;
}
