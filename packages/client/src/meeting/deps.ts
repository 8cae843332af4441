/** What the parts of meeting somebody share: invitations, visits, addresses. */
import type { Millis, Rng } from '@tacet/base';
import type { PutQueue } from '../boxes/puts.ts';
import type { Tombstones } from '../boxes/tombstones.ts';
import type { WatchList } from '../boxes/watches.ts';
import type { Contacts } from '../contacts/contacts.ts';
import type { Messages } from '../conversations/messages.ts';
import type { EventLog } from '../events/log.ts';
import type { Identities } from '../identities/identities.ts';
import type { Network } from '../network/network.ts';
import type { ProfileStore } from '../ports.ts';
import type { StreamReader } from '../streams/reader.ts';
import type { StreamWriter } from '../streams/writer.ts';
import type { TrustFacts } from '../trust/facts.ts';

export interface MeetingDeps {
  readonly store: ProfileStore;
  readonly rng: Rng;
  readonly puts: PutQueue;
  readonly watches: WatchList;
  readonly tombstones: Tombstones;
  readonly contacts: Contacts;
  readonly messages: Messages;
  readonly events: EventLog;
  readonly writer: StreamWriter;
  readonly reader: StreamReader;
  readonly identities: Identities;
  readonly facts: TrustFacts;
  readonly network: () => Network | null;
  readonly startedAt: Millis;
  readonly alarm: (code: string, now: Millis) => void;
  /** Ratchet work may be waiting. */
  readonly kick: () => void;
  /** Of these keys nothing is shown. */
  readonly blocked: (keySetHash: Uint8Array, identityKey: Uint8Array | null) => boolean;
  /** Why who answered an invitation with these keys is refused; null: taken. */
  readonly refuses: (invitationId: number, keySetHash: Uint8Array, now: Millis) => string | null;
  /** Keys of a contact are known; the invitation of ours that brought them. In a transaction. */
  readonly known: (contactId: number, invitationId: number | null, now: Millis) => void;
  /** An invitation is stored and can be handed on. In a transaction. */
  readonly ready: (invitationId: number, now: Millis) => void;
  /** Nothing more will be sent to this contact. In the transaction that says why. */
  readonly abandon: (contactId: number, reason: string, now: Millis) => void;
}
