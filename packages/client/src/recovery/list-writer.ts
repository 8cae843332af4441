/**
 * Posts the contact list under the recovery phrase (docs/spec/20-recovery.md, 11): all of it each week,
 * and what is new or changed within the hour, so that who was met after the last backup is not lost.
 */
import { equalBytes, MINUTE, type Millis } from '@tacet/base';
import { hash } from '@tacet/crypto';
import { sealRecord } from '@tacet/wire';
import type { PutEntry } from '../boxes/put-entry.ts';
import type { PutOwner, PutQueue } from '../boxes/puts.ts';
import type { Identities } from '../identities/identities.ts';
import { MAX_LIST_BOXES } from '../limits.ts';
import type { Network } from '../network/network.ts';
import type { ProfileStore, SqlRow } from '../ports.ts';
import { blob, blobOrNull, num, text } from '../store/rows.ts';
import { restoreCounter } from './counter.ts';
import {
  ENTRIES,
  encodeList,
  type ListEntry,
  listBox,
  listPeriodOf,
  listRoot,
} from './list-boxes.ts';
import { isSilent } from './restored.ts';

/** From one box to the next, so that they never keep anything waiting. */
const APART: Millis = MINUTE;

export interface ListDeps {
  readonly store: ProfileStore;
  readonly puts: PutQueue;
  readonly identities: Identities;
  readonly network: () => Network | null;
}

interface Due {
  readonly contactId: number;
  readonly entry: ListEntry;
  readonly digest: Uint8Array;
}

export class ListWriter implements PutOwner {
  private readonly d: ListDeps;

  constructor(deps: ListDeps) {
    this.d = deps;
    deps.puts.register('list', this);
  }

  /** Hourly. @param lifeDays of boxes */
  post(lifeDays: number, now: Millis): void {
    const { store, puts } = this.d;
    const network = this.d.network();
    const row = store.get('SELECT root FROM backups');
    if (network === null || row === undefined || puts.paused || isSilent(store)) return;
    const root = listRoot(blob(row, 'root'));
    store.transaction(() => {
      const first = this.begin(root, listPeriodOf(now, lifeDays));
      const due = this.due();
      const boxes = Math.min(Math.ceil(due.length / ENTRIES), MAX_LIST_BOXES - first);
      for (let n = 0; n < boxes; n++) {
        const page = due.slice(n * ENTRIES, (n + 1) * ENTRIES);
        this.put(network, root, first + n, page, now + n * APART);
      }
      if (boxes > 0) store.run('UPDATE list SET next = ?', first + boxes);
    });
  }

  /** The next box of this period; with a new one, or another phrase, all is said anew. In a transaction. */
  private begin(root: Uint8Array, period: number): number {
    const { store } = this.d;
    const row = store.get('SELECT next FROM list WHERE root = ? AND period = ?', root, period);
    if (row !== undefined) return num(row, 'next');
    for (const ref of this.d.puts.refs('list')) this.d.puts.cancel('list', ref);
    store.run('DELETE FROM listed');
    store.run('DELETE FROM list');
    store.run('INSERT INTO list (root, period, next) VALUES (?, ?, 0)', root, period);
    return 0;
  }

  private due(): Due[] {
    const rows = this.d.store.all(
      `SELECT c.id, c.name, c.blocked_at, c.key_set_hash, c.identity_key, c.ed25519, r.root, r.own_at,
         l.digest FROM contacts c JOIN own_roots r ON r.contact_id = c.id
         LEFT JOIN listed l ON l.contact_id = c.id
       WHERE c.state = 'ready' AND c.key_set_hash IS NOT NULL AND c.identity_key IS NOT NULL
         AND c.ed25519 IS NOT NULL ORDER BY c.id`,
    );
    return rows.flatMap((row) => {
      const entry = this.entryOf(row);
      const digest = hash('contact-list-entry', encodeList({ counter: 0, entries: [entry] }));
      const known = blobOrNull(row, 'digest');
      if (known !== null && equalBytes(known, digest)) return [];
      return [{ contactId: num(row, 'id'), entry, digest }];
    });
  }

  private entryOf(row: SqlRow): ListEntry {
    return {
      blocked: row['blocked_at'] !== null,
      own: this.d.identities.ofContact(num(row, 'id')).keySetHash,
      keySetHash: blob(row, 'key_set_hash'),
      identityKey: blob(row, 'identity_key'),
      ed25519: blob(row, 'ed25519'),
      root: blob(row, 'root'),
      since: num(row, 'own_at'),
      name: text(row, 'name'),
    };
  }

  /** In a transaction. */
  private put(
    network: Network,
    root: Uint8Array,
    index: number,
    page: readonly Due[],
    notBefore: Millis,
  ): void {
    const { store, puts } = this.d;
    const period = num(store.get('SELECT period FROM list') ?? {}, 'period');
    const entries = page.map(({ entry }) => entry);
    const box = listBox(root, period, index);
    const plaintext = encodeList({ counter: restoreCounter(store), entries });
    puts.add({
      owner: 'list',
      ref: period,
      part: index,
      priority: 1,
      contactId: null,
      record: sealRecord(box, network.id, plaintext),
      mark: box.mark,
      notBefore,
      moves: 0,
    });
    for (const { contactId, digest } of page) {
      store.run(
        `INSERT INTO listed (contact_id, digest, box) VALUES (?, ?, ?)
         ON CONFLICT (contact_id) DO UPDATE SET digest = excluded.digest, box = excluded.box`,
        contactId,
        digest,
        index,
      );
    }
  }

  onSent(): void {
    // What counts is that it stands.
  }

  onStored(): void {
    // Nobody waits for it.
  }

  /** Another daemon of this phrase wrote there, or this store was set back: it goes into a later box. */
  onTaken(put: PutEntry): void {
    if (put.copies === 0) this.d.store.run('DELETE FROM listed WHERE box = ?', put.part);
  }

  onExhausted(put: PutEntry): void {
    this.d.store.run('DELETE FROM listed WHERE box = ?', put.part);
  }
}
