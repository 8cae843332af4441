/**
 * Lines of a conversation that no contact wrote: what happened to trust by what came from outside.
 * Their type is none that travels, so that nobody can write one (docs/spec/15-trust.md, 1).
 */
import { type Millis, type Rng, randomBytes } from '@tacet/base';
import { TYPES } from '../content/content.ts';
import type { EventLog } from '../events/log.ts';
import type { ProfileStore } from '../ports.ts';
import { nextId } from '../store/ids.ts';
import type { TrustFact } from './levels.ts';

/** In the column `type` of `messages`. */
export const TRUST_LINE = -1;

const TEXTS: Readonly<Partial<Record<TrustFact, string>>> = {
  scanned: 'You scanned each other’s codes: verified.',
  'code-differs-there': 'They say that the short code differs: somebody may stand between you.',
  'other-identity':
    'They answered with other keys than the address names: another identity of its owner, or somebody else. Ask them by another way.',
  'key-changed':
    'Their keys changed; the old keys confirm it. Not verified any more. The session is still the one of before: meet again to verify them.',
  'key-refused':
    'Other keys came that the old ones did not confirm. They were refused; nothing is sent to them.',
};

export interface LineDeps {
  readonly store: ProfileStore;
  readonly rng: Rng;
  readonly events: EventLog;
}

/** In a transaction. Most facts have no line: the user stated them. */
export function addTrustLine(
  deps: LineDeps,
  contactId: number,
  fact: TrustFact,
  now: Millis,
): void {
  const line = TEXTS[fact];
  if (line !== undefined) addLine(deps, contactId, line, null, now);
}

/**
 * A line of this daemon's own. In a transaction.
 * @param about key-set hash of somebody else whom it names: their name goes with them
 */
export function addLine(
  { store, rng, events }: LineDeps,
  contactId: number,
  line: string,
  about: Uint8Array | null,
  now: Millis,
): void {
  const id = nextId(store, 'messages');
  const at = Math.floor(now);
  store.run(
    `INSERT INTO messages
       (id, contact_id, content_id, direction, type, text, detail, sent_at, arrived_at, state, place_at)
     VALUES (?, ?, ?, 'in', ${TRUST_LINE}, ?, ?, ?, ?, 'received', ?)`,
    id,
    contactId,
    randomBytes(rng, 16),
    line,
    about,
    at,
    at,
    at,
  );
  events.append(now, 'message', String(id));
}

/** Somebody is deleted: lines and cards elsewhere that name them do no more. In a transaction. */
export function forgetInLines(store: ProfileStore, keySetHash: Uint8Array): void {
  store.run(
    `UPDATE messages SET text = '', detail = NULL, raw = NULL
     WHERE type = ${TYPES.card.number} AND instr(detail, ?) > 0`,
    keySetHash,
  );
  store.run(
    `UPDATE messages SET text = ?, detail = NULL WHERE type = ${TRUST_LINE} AND detail = ?`,
    'An introduction of somebody who is no longer here.',
    keySetHash,
  );
}

/** Somebody has other keys from now on. In a transaction. */
export function followInLines(store: ProfileStore, before: Uint8Array, after: Uint8Array): void {
  const sql = `UPDATE messages SET detail = ? WHERE type = ${TRUST_LINE} AND detail = ?`;
  store.run(sql, after, before);
}
