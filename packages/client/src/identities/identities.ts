/**
 * Who this profile is to whom (docs/spec/16-addresses.md, 6): its own identity, others with keys of
 * their own, and mere other names for its keys. Every contact, invitation and address has one, for
 * good; the ratchet finds the key of each in a record of its own.
 */
import { AppError, equalBytes, type Millis, type Rng, randomBytes } from '@tacet/base';
import { hybridKeyPair } from '@tacet/crypto';
import { cleanName } from '../contacts/contacts.ts';
import type { EventLog } from '../events/log.ts';
import { MAX_IDENTITIES } from '../limits.ts';
import { keySetHash } from '../meeting/boxes.ts';
import type { OwnIdentity } from '../meeting/identity.ts';
import type { ProfileStore, SessionWrites, SqlRow } from '../ports.ts';
import {
  applyWrites,
  type ErasedWork,
  erased,
  firstAble,
  type JobSource,
  type Resting,
} from '../sessions/jobs.ts';
import { identityRecord } from '../sessions/records.ts';
import { addressWords } from '../status/words.ts';
import { blob, num, numOrNull, rowIdOf, text } from '../store/rows.ts';
import { readSetting } from '../store/settings.ts';

export interface IdentityView {
  /** `0` is the profile's own. */
  readonly id: string;
  readonly name: string;
  readonly state: 'preparing' | 'ready';
  /** False: another name only. Who compares keys sees that it is the profile. */
  readonly ownKeys: boolean;
  /** Eight words of the key set; null while it is being made. */
  readonly address: string | null;
  readonly contacts: number;
}

export interface IdentityDeps {
  readonly store: ProfileStore;
  readonly rng: Rng;
  readonly events: EventLog;
  readonly own: OwnIdentity;
  readonly alarm: (code: string, now: Millis) => void;
  readonly kick: () => void;
}

export class Identities implements JobSource {
  private readonly d: IdentityDeps;
  private readonly known = new Map<number, OwnIdentity>();

  constructor(deps: IdentityDeps) {
    this.d = deps;
  }

  /** @param id null: the profile's own */
  of(id: number | null): OwnIdentity {
    if (id === null) return this.d.own;
    let found = this.known.get(id);
    if (found === undefined) {
      found = this.load(id);
      this.known.set(id, found);
    }
    return found;
  }

  ofContact(contactId: number): OwnIdentity {
    return this.of(this.idOfContact(contactId));
  }

  /** Of the keys a contact knows this profile by: 64 bytes. For what signs. */
  signingSeed(contactId: number): Uint8Array {
    const id = this.idOfContact(contactId);
    const sql = 'SELECT signing_seed FROM identities WHERE id = ? AND own_keys = 1';
    const row = id === null ? undefined : this.d.store.get(sql, id);
    const seed =
      row === undefined ? readSetting(this.d.store, 'signing-seed') : blob(row, 'signing_seed');
    if (seed === null) throw new AppError('identity-failed', 'bug', 'an identity has no keys');
    return seed;
  }

  idOfContact(contactId: number): number | null {
    const row = this.d.store.get('SELECT identity_id FROM contacts WHERE id = ?', contactId);
    return row === undefined ? null : numOrNull(row, 'identity_id');
  }

  /** What a contact knows this profile as. */
  shownTo(contactId: number): Pick<IdentityView, 'id' | 'name' | 'ownKeys'> {
    const id = this.idOfContact(contactId);
    if (id === null) return { id: '0', name: this.d.own.name, ownKeys: true };
    const row = this.row(id);
    return { id: String(id), name: text(row, 'name'), ownKeys: num(row, 'own_keys') === 1 };
  }

  /** In the transaction that makes the contact. */
  give(contactId: number, id: number | null): void {
    this.d.store.run('UPDATE contacts SET identity_id = ? WHERE id = ?', id, contactId);
  }

  /** Null: the profile's own; undefined: none of this profile's key sets. */
  withKeys(keySetHash: Uint8Array): number | null | undefined {
    if (equalBytes(this.d.own.keySetHash, keySetHash)) return null;
    const sql = 'SELECT id FROM identities WHERE key_set_hash = ? AND own_keys = 1';
    const row = this.d.store.get(sql, keySetHash);
    return row === undefined ? undefined : num(row, 'id');
  }

  /** Any of this profile's key sets. */
  isOwn(hashed: Uint8Array): boolean {
    const sql = 'SELECT 1 AS one FROM identities WHERE key_set_hash = ?';
    return (
      this.d.own.keySetHash.every((byte, at) => byte === hashed[at]) ||
      this.d.store.get(sql, hashed) !== undefined
    );
  }

  /** The id behind what a command was given: absent, an id, or a name. Throws unless it is ready. */
  find(given: string | undefined): number | null {
    if (given === undefined || given === '0') return null;
    const row =
      this.d.store.get('SELECT * FROM identities WHERE id = ?', rowIdOf(given)) ??
      this.d.store.get('SELECT * FROM identities WHERE name = ?', given);
    if (row === undefined) {
      throw new AppError('identity-unknown', 'missing', 'there is no identity of that name');
    }
    if (text(row, 'state') !== 'ready') {
      throw new AppError('identity-preparing', 'state', 'this identity is still being made');
    }
    return num(row, 'id');
  }

  create(
    { name, sameKeys }: { readonly name: string; readonly sameKeys?: boolean },
    now: Millis,
  ): IdentityView {
    const clean = cleanName(name);
    const all = this.list();
    if (all.length > MAX_IDENTITIES) {
      throw new AppError('identities-full', 'refused', 'this profile has as many as it can');
    }
    if (all.some((one) => one.name === clean) || /^[0-9]+$/.test(clean)) {
      throw new AppError('identity-exists', 'usage', 'choose another name for this identity');
    }
    const id = this.d.store.transaction(() => {
      const { rowId } = this.d.store.run(
        'INSERT INTO identities (name, state, own_keys, created_at) VALUES (?, ?, ?, ?)',
        clean,
        sameKeys === true ? 'ready' : 'preparing',
        sameKeys === true ? 0 : 1,
        Math.floor(now),
      );
      this.tell(rowId, now);
      return rowId;
    });
    this.d.kick();
    return this.view(this.row(id));
  }

  /** The profile's own first. */
  list(): IdentityView[] {
    const { own } = this.d;
    const first: IdentityView = {
      id: '0',
      name: own.name,
      state: 'ready',
      ownKeys: true,
      address: addressWords(own.keySetHash),
      contacts: this.contactsOf(null),
    };
    const rows = this.d.store.all('SELECT * FROM identities ORDER BY id');
    return [first, ...rows.map((row) => this.view(row))];
  }

  /** One that nobody knows: keys and name go. */
  delete(given: string, now: Millis): void {
    const id = this.find(given);
    const used =
      id === null ||
      this.contactsOf(id) > 0 ||
      this.uses("SELECT 1 AS one FROM addresses WHERE identity_id = ? AND state <> 'ended'", id) ||
      this.uses(
        "SELECT 1 AS one FROM invitations WHERE identity_id = ? AND state IN ('preparing','placing','ready','answered')",
        id,
      );
    if (used) {
      throw new AppError('identity-used', 'state', 'somebody knows this identity, or may yet');
    }
    this.d.store.transaction(() => {
      this.d.store.run('DELETE FROM identities WHERE id = ?', id);
      this.d.store.run('DELETE FROM session_records WHERE name = ?', identityRecord(id));
      this.known.delete(id);
      this.tell(id, now);
    });
  }

  private uses(sql: string, id: number): boolean {
    return this.d.store.get(sql, id) !== undefined;
  }

  private contactsOf(id: number | null): number {
    const sql = "SELECT count(*) AS n FROM contacts WHERE identity_id IS ? AND state <> 'self'";
    const row = this.d.store.get(sql, id);
    return row === undefined ? 0 : num(row, 'n');
  }

  private tell(id: number, now: Millis): void {
    this.d.events.append(now, 'identity', String(id));
  }

  private row(id: number): SqlRow {
    const row = this.d.store.get('SELECT * FROM identities WHERE id = ?', id);
    if (row === undefined) throw new AppError('identity-unknown', 'missing', 'no such identity');
    return row;
  }

  private load(id: number): OwnIdentity {
    const row = this.row(id);
    const name = text(row, 'name');
    if (num(row, 'own_keys') === 0) return { ...this.d.own, name };
    const keys = hybridKeyPair(blob(row, 'signing_seed')).publicKey;
    return {
      name,
      identityKey: blob(row, 'identity_key'),
      ed25519: keys.ed25519,
      mldsa65: keys.mldsa65,
      keySetHash: blob(row, 'key_set_hash'),
    };
  }

  private view(row: SqlRow): IdentityView {
    const id = num(row, 'id');
    const state = text(row, 'state') as IdentityView['state'];
    return {
      id: String(id),
      name: text(row, 'name'),
      state,
      ownKeys: num(row, 'own_keys') === 1,
      address: state === 'ready' ? addressWords(this.of(id).keySetHash) : null,
      contacts: this.contactsOf(id),
    };
  }

  /** The session key of one that was asked for. */
  nextJob(resting: Resting): ErasedWork | null {
    const rows = this.d.store.all("SELECT id FROM identities WHERE state = 'preparing'");
    const found = firstAble('identity', rows, resting);
    if (found === null) return null;
    const id = num(found.row, 'id');
    return erased<{ publicKey: Uint8Array; writes: SessionWrites }>({
      name: 'identity',
      key: found.key,
      run: (port) => port.createIdentity(),
      commit: ({ publicKey, writes }, now) => {
        const named = [...writes].map(([name, value]) => [
          name === identityRecord(null) ? identityRecord(id) : name,
          value,
        ]);
        applyWrites(this.d.store, new Map(named as [string, Uint8Array | null][]));
        const seed = randomBytes(this.d.rng, 64);
        const keys = hybridKeyPair(seed).publicKey;
        this.d.store.run(
          `UPDATE identities SET state = 'ready', identity_key = ?, signing_seed = ?, key_set_hash = ?
           WHERE id = ?`,
          publicKey,
          seed,
          keySetHash(publicKey, keys.ed25519, keys.mldsa65),
          id,
        );
        this.tell(id, now);
      },
      fail: (_error, now) => {
        this.d.store.run('DELETE FROM identities WHERE id = ?', id);
        this.d.alarm('identity-failed', now);
        this.tell(id, now);
      },
    });
  }
}
