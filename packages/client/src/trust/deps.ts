/** What the parts of trust share. */
import type { Millis, Rng } from '@tacet/base';
import type { Contacts } from '../contacts/contacts.ts';
import type { Envelope } from '../content/envelope.ts';
import type { EventLog } from '../events/log.ts';
import type { Identities } from '../identities/identities.ts';
import type { OwnIdentity } from '../meeting/identity.ts';
import type { Network } from '../network/network.ts';
import type { ProfileStore } from '../ports.ts';
import type { TrustFacts } from './facts.ts';

export interface TrustDeps {
  readonly store: ProfileStore;
  readonly rng: Rng;
  readonly contacts: Contacts;
  readonly events: EventLog;
  readonly facts: TrustFacts;
  /** The profile's own. */
  readonly identity: OwnIdentity;
  /** Who this profile is to whom. */
  readonly identities: Identities;
  readonly network: () => Network | null;
  /** A command came at this time. */
  readonly at: (now: Millis) => void;
  readonly alarm: (code: string, now: Millis) => void;
  /** Ratchet work may be waiting. */
  readonly kick: () => void;
  /** Numbered, so it arrives or is repeated until it does. In a transaction. */
  readonly say: (contactId: number, envelope: Envelope) => void;
}
