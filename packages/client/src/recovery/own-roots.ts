/**
 * The roots under which this profile would write after a restore (docs/spec/20-recovery.md, 8): one of
 * each contact, replaced through the session every 30 days, in force once the contact is known to have it.
 */
import { DAY, type Millis, type Rng, randomBytes } from '@tacet/base';
import { hash } from '@tacet/crypto';
import { decodeEnvelope, encodeEnvelope } from '../content/envelope.ts';
import type { ProfileStore } from '../ports.ts';
import { blobOrNull, num } from '../store/rows.ts';

/** How long a root serves. */
const SERVES: Millis = 30 * DAY;
/** Who has not receipted something for so long is not there, and gets no new root. */
const ANSWERS: Millis = DAY;
/** Told in an hour, so that not all of many contacts are at once. */
const AN_HOUR = 16;

/** The root a pair begins with, in the direction of that stream. @param root 32 bytes, of the stream */
export function firstRoot(root: Uint8Array): Uint8Array {
  return hash('recovery-root', root);
}

export class OwnRoots {
  private readonly store: ProfileStore;
  private readonly rng: Rng;

  constructor(store: ProfileStore, rng: Rng) {
    this.store = store;
    this.rng = rng;
  }

  /** With the stream to this contact. In a transaction. @param root of that stream */
  begin(contactId: number, root: Uint8Array, now: Millis): void {
    this.put(contactId, firstRoot(root), now);
  }

  of(contactId: number): Uint8Array | null {
    const row = this.store.get('SELECT root FROM own_roots WHERE contact_id = ?', contactId);
    return row === undefined ? null : blobOrNull(row, 'root');
  }

  /** Of a numbered envelope the contact has: the root it told is in force. In a transaction. */
  receipted(contactId: number, body: Uint8Array | null, now: Millis): void {
    const root = body === null ? undefined : decodeEnvelope(body).recoveryRoot;
    if (root !== undefined) this.put(contactId, root, now);
  }

  private put(contactId: number, root: Uint8Array, now: Millis): void {
    this.store.run(
      `INSERT INTO own_roots (contact_id, root, own_at) VALUES (?, ?, ?)
       ON CONFLICT (contact_id) DO UPDATE SET root = excluded.root, own_at = excluded.own_at`,
      contactId,
      root,
      Math.floor(now),
    );
  }

  /** Hourly: contacts whose root served its time are told another. True: there is something to say. */
  replace(now: Millis): boolean {
    const rows = this.store.all(
      `SELECT c.id FROM contacts c LEFT JOIN own_roots r ON r.contact_id = c.id
       WHERE c.state = 'ready' AND c.out_chain IS NOT NULL AND c.blocked_at IS NULL
         AND (coalesce(r.own_at, 0) <= ? OR r.own_at > ?)
         AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.contact_id = c.id AND n.kind = 'recovery')
         AND NOT EXISTS (SELECT 1 FROM ciphertexts t WHERE t.contact_id = c.id AND t.seq > 0
           AND (t.notice = 'recovery' OR t.created_at < ?))
       ORDER BY coalesce(r.own_at, 0), c.id LIMIT ${AN_HOUR}`,
      Math.floor(now - SERVES),
      Math.floor(now + DAY),
      Math.floor(now - ANSWERS),
    );
    if (rows.length === 0) return false;
    this.store.transaction(() => {
      for (const row of rows) {
        this.store.run(
          "INSERT INTO notices (contact_id, kind, body) VALUES (?, 'recovery', ?)",
          num(row, 'id'),
          encodeEnvelope({ recoveryRoot: randomBytes(this.rng, 32) }),
        );
      }
    });
    return true;
  }
}
