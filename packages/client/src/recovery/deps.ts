/** What both ends of a recovery share. */
import type { Millis, Rng } from '@tacet/base';
import type { PutQueue } from '../boxes/puts.ts';
import type { WatchList } from '../boxes/watches.ts';
import type { Contacts } from '../contacts/contacts.ts';
import type { Renumbering } from '../copies/sequences.ts';
import type { EventLog } from '../events/log.ts';
import type { Identities } from '../identities/identities.ts';
import type { Network } from '../network/network.ts';
import type { ProfileStore } from '../ports.ts';
import type { StreamReader } from '../streams/reader.ts';
import type { StreamWriter } from '../streams/writer.ts';

export interface RecoveryDeps {
  readonly store: ProfileStore;
  readonly rng: Rng;
  readonly puts: PutQueue;
  readonly watches: WatchList;
  readonly contacts: Contacts;
  readonly events: EventLog;
  readonly identities: Identities;
  readonly writer: StreamWriter;
  readonly reader: StreamReader;
  readonly renumbering: () => Renumbering;
  readonly network: () => Network | null;
  readonly alarm: (code: string, now: Millis) => void;
  readonly kick: () => void;
}

/** Owners of the boxes of a pair's streams that are waited for. */
const STREAMS = ['stream', 'beacon', 'healed', 'healed-beacon'];

/** Of the streams from now on: 32 bytes each. */
export interface StreamRoots {
  readonly out: Uint8Array;
  readonly in: Uint8Array;
}

/**
 * Streams begin anew beside a new session; what has no receipt goes out again in them, under numbers
 * nobody knows. In a transaction.
 */
export function beginAnew(
  deps: RecoveryDeps,
  contactId: number,
  roots: StreamRoots,
  now: Millis,
): void {
  const { store, puts, watches, writer, reader } = deps;
  puts.cancel('beacon', contactId);
  for (const owner of STREAMS) watches.cancel(owner, contactId);
  store.run('DELETE FROM healing WHERE contact_id = ?', contactId);
  writer.begin(contactId, roots.out, now);
  reader.begin(contactId, roots.in, now);
  deps.renumbering().one(contactId, 0);
  deps.events.append(now, 'contact', String(contactId));
  deps.kick();
}
