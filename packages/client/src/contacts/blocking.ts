/**
 * Blocking and deleting contacts (docs/spec/16-addresses.md, 5 and 6). To a blocked contact this
 * daemon looks like one that is away: its boxes are read as ever, and what stands in them is thrown
 * away undecrypted, so that it comes anew when the block ends. Nothing is sent or receipted.
 */
import { AppError, type Millis } from '@tacet/base';
import type { PutQueue } from '../boxes/puts.ts';
import type { WatchList } from '../boxes/watches.ts';
import { isNotes } from '../conversations/notes.ts';
import type { Ciphertexts } from '../outbox/ciphertexts.ts';
import type { ProfileStore } from '../ports.ts';
import { blobOrNull, num } from '../store/rows.ts';
import { forgetInLines } from '../trust/lines.ts';
import type { Blocklist } from './blocklist.ts';
import type { Contacts } from './contacts.ts';

export interface BlockingDeps {
  readonly store: ProfileStore;
  readonly contacts: Contacts;
  readonly blocklist: Blocklist;
  readonly ciphertexts: Ciphertexts;
  readonly puts: PutQueue;
  readonly watches: WatchList;
  /** A meeting or request of this contact that is under way is given up. In a transaction. */
  readonly giveUp: (contactId: number, now: Millis) => void;
  readonly owe: (contactId: number, now: Millis) => void;
  /** Files of this contact are no more, or again, written and read. In a transaction. */
  readonly pauseFiles: (contactId: number, paused: boolean, now: Millis) => void;
  readonly kick: () => void;
}

/** Owners of boxes to write and to read that name a contact. */
const PUT_OWNERS = ['beacon', 'visit', 'request', 'restate', 'rekey'];
const WATCH_OWNERS = ['stream', 'beacon', 'visit', 'request', 'restate'];

export function isBlocked(store: ProfileStore, contactId: number): boolean {
  const sql = 'SELECT 1 AS one FROM contacts WHERE id = ? AND blocked_at IS NOT NULL';
  return store.get(sql, contactId) !== undefined;
}

export class Blocking {
  private readonly d: BlockingDeps;

  constructor(deps: BlockingDeps) {
    this.d = deps;
  }

  block(idOrName: string, now: Millis): number {
    const id = this.person(idOrName);
    if (isBlocked(this.d.store, id)) return id;
    this.d.store.transaction(() => {
      this.keepKeys(id, now);
      // What is under way stays as it is, unsent; boxes that stand get their second copy.
      for (const row of this.ciphertextsOf(id)) this.d.puts.cancel('part', num(row, 'id'));
      this.d.puts.cancel('beacon', id);
      this.d.pauseFiles(id, true, now);
      this.d.store.run("UPDATE fragments SET data = x'', tried = 1 WHERE contact_id = ?", id);
      this.d.store.run('DELETE FROM controls WHERE contact_id = ?', id);
      this.d.store.run(
        'UPDATE contacts SET blocked_at = ?, receipt_due = NULL WHERE id = ?',
        Math.floor(now),
        id,
      );
      this.d.contacts.changed(id, now);
    });
    return id;
  }

  /** As after an absence: what waited here is written anew, and receipts ask for what was missed. */
  unblock(idOrName: string, now: Millis): number {
    const row = this.d.contacts.find(idOrName);
    const id = num(row, 'id');
    if (!isBlocked(this.d.store, id)) return id;
    this.d.store.transaction(() => {
      const keySetHash = blobOrNull(row, 'key_set_hash');
      if (keySetHash !== null) this.d.blocklist.remove(keySetHash);
      this.d.store.run('UPDATE contacts SET blocked_at = NULL WHERE id = ?', id);
      for (const one of this.ciphertextsOf(id)) this.d.ciphertexts.askRenewal(num(one, 'id'));
      this.d.owe(id, now);
      this.d.pauseFiles(id, false, now);
      this.d.contacts.changed(id, now);
    });
    this.d.kick();
    return id;
  }

  /** Nothing of this contact is left here but, with `block`, the hash of the keys. */
  delete(idOrName: string, block: boolean, now: Millis): void {
    const id = this.person(idOrName);
    this.d.store.transaction(() => {
      if (block) this.keepKeys(id, now);
      this.d.giveUp(id, now);
      this.d.pauseFiles(id, true, now);
      for (const row of this.ciphertextsOf(id)) this.d.puts.cancel('part', num(row, 'id'));
      for (const owner of PUT_OWNERS) this.d.puts.cancel(owner, id);
      for (const owner of WATCH_OWNERS) this.d.watches.cancel(owner, id);
      // What stands elsewhere: their name as a witness for others and as the label of an invitation,
      // introductions to them, scans of their code.
      const keySetHash = blobOrNull(this.d.contacts.row(id), 'key_set_hash');
      this.d.store.run('DELETE FROM introductions WHERE other_id = ?', id);
      this.d.store.run('DELETE FROM introductions WHERE key_set_hash = ?', keySetHash);
      if (keySetHash !== null) forgetInLines(this.d.store, keySetHash);
      this.d.store.run('DELETE FROM scans WHERE key_set_hash = ?', keySetHash);
      this.d.store.run('UPDATE trust_facts SET by_name = NULL WHERE by_id = ?', id);
      this.d.store.run("UPDATE invitations SET label = 'invitation' WHERE contact_id = ?", id);
      this.d.contacts.forget(id, now);
    });
    this.d.kick();
  }

  /** Notes to self are nobody. */
  private person(idOrName: string): number {
    const row = this.d.contacts.find(idOrName);
    if (isNotes(row)) throw new AppError('contact-self', 'usage', 'these are your own notes');
    return num(row, 'id');
  }

  private keepKeys(id: number, now: Millis): void {
    const row = this.d.contacts.row(id);
    const keySetHash = blobOrNull(row, 'key_set_hash');
    if (keySetHash !== null) {
      this.d.blocklist.add(keySetHash, blobOrNull(row, 'identity_key'), now);
    }
  }

  private ciphertextsOf(id: number) {
    return this.d.store.all('SELECT id FROM ciphertexts WHERE contact_id = ?', id);
  }
}
