/** Reusable addresses as one thing of the client: commands in, views out; time from its owner. */
import type { Millis } from '@tacet/base';
import type { ReadQueue } from '../boxes/reads.ts';
import type { Blocklist } from '../contacts/blocklist.ts';
import { cleanName } from '../contacts/contacts.ts';
import { MAX_FIRST_WORDS_BYTES } from '../limits.ts';
import type { MeetingDeps } from '../meeting/deps.ts';
import type { Invitations } from '../meeting/invitations.ts';
import { checkFirstWords, type Visits } from '../meeting/visits.ts';
import { addressWords } from '../status/words.ts';
import { Addresses, REPLACED_DAYS } from './addresses.ts';
import { type AddressLink, cardWords, decodeAddressLink, isOfNetwork } from './card.ts';
import { RequestInbox } from './request-inbox.ts';
import { checkRequestText, SentRequests } from './sent-requests.ts';
import type { AddressCardView, AddressView, RequestView } from './views.ts';

export interface SendRequest {
  readonly link: AddressLink;
  readonly name?: string;
  readonly text: string;
  /** As whom: id or name; without it as the profile's own. */
  readonly identity?: string;
  /** The owner is told no name. */
  readonly nameless?: boolean;
}

export interface AcceptRequest {
  readonly id: string;
  readonly name?: string;
  /** First words of the answer. */
  readonly text?: string;
  /** As whom: id or name; without it as the one the address shows. */
  readonly identity?: string;
}

export class AddressFeature {
  private readonly d: MeetingDeps;
  private readonly own: Addresses;
  private readonly inbox: RequestInbox;
  private readonly sent: SentRequests;

  constructor(
    deps: MeetingDeps,
    blocklist: Blocklist,
    invitations: Invitations,
    visits: Visits,
    reads: ReadQueue,
  ) {
    this.d = deps;
    this.inbox = new RequestInbox({ ...deps, blocklist, visits: () => visits });
    this.own = new Addresses(deps, this.inbox);
    this.sent = new SentRequests(deps, invitations, (card) => this.own.isOwn(card), reads);
  }

  // Own addresses

  create(
    { label, identity }: { readonly label: string; readonly identity?: string },
    now: Millis,
  ): AddressView {
    return this.own.create(label, this.d.identities.find(identity), now);
  }

  list(): AddressView[] {
    return this.own.list();
  }

  show(id: string): AddressView {
    return this.own.show(id);
  }

  /** @param days for so long the old one is still watched (default 7) */
  rotate({ id, days }: { readonly id: string; readonly days?: number }, now: Millis): AddressView {
    return this.own.rotate(id, days ?? REPLACED_DAYS, now);
  }

  revoke(id: string, now: Millis): AddressView {
    return this.own.revoke(id, now);
  }

  // Requests to them

  requests(): RequestView[] {
    return this.inbox.list();
  }

  /** Returns the id of the new contact. */
  accept({ id, name, text, identity }: AcceptRequest, now: Millis): string {
    const words = {
      name: name === undefined ? null : cleanName(name),
      firstWords: checkFirstWords(text ?? '', MAX_FIRST_WORDS_BYTES),
      ...(identity === undefined ? {} : { identity: this.d.identities.find(identity) }),
    };
    const contactId = this.inbox.accept(id, words, (one) => this.own.identityOf(one), now);
    this.d.kick();
    return String(contactId);
  }

  deleteRequest(id: string, now: Millis): void {
    this.inbox.delete(id, now);
  }

  blockRequest(id: string, now: Millis): void {
    this.inbox.block(id, now);
  }

  // Addresses of others

  /** What a card says; nothing is sent. @throws `address-malformed` */
  look(text: string): AddressCardView {
    const { bytes, card } = decodeAddressLink(text);
    const network = this.d.network();
    return {
      name: card.name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ''),
      words: cardWords(bytes),
      person: addressWords(card.keySetHash),
      sameNetwork: network !== null && isOfNetwork(card, network.id),
      own: this.d.identities.isOwn(card.keySetHash),
    };
  }

  /** Returns the id of the new contact. */
  send({ link, name, text, identity, nameless }: SendRequest, now: Millis): string {
    const words = checkRequestText(text);
    const clean = name === undefined ? null : cleanName(name);
    const as = { identity: this.d.identities.find(identity), nameless: nameless ?? false };
    return String(this.sent.send(link, clean, words, as, now));
  }

  /** Gives up a request of ours that waits; false when this contact is none. */
  withdraw(contactId: number, now: Millis): boolean {
    return this.sent.withdraw(contactId, now);
  }

  // Machine

  get deadline(): Millis {
    return Math.min(this.own.deadline, this.sent.deadline ?? Number.POSITIVE_INFINITY);
  }

  advance(now: Millis): void {
    this.own.advance(now);
    this.sent.advance(now);
  }

  /** The clock was set back by so much. In a transaction. */
  setBack(by: Millis): void {
    this.own.setBack(by);
    this.sent.setBack(by);
  }

  hourly(now: Millis): void {
    this.inbox.expire(now);
  }
}
