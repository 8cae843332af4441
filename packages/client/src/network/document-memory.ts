/**
 * What this profile remembers of documents (docs/spec/13-client-view.md 3, 5): the hash of each one it
 * held, to compare with what contacts say they hold, and disputes: two documents for one epoch.
 * A dispute is a fact with its evidence; nothing here decides who is right.
 */
import { equalBytes, type Millis } from '@tacet/base';
import type { DocumentBook, VerifiedDocument } from '@tacet/directory';
import { MAX_DISPUTES, MAX_DISPUTES_OF_CONTACT, MAX_DOCUMENT_HASHES } from '../limits.ts';
import type { ProfileStore } from '../ports.ts';
import { blob, num, numOrNull } from '../store/rows.ts';

/** A document as gossip names it. */
export interface DocumentName {
  readonly epoch: number;
  readonly hash: Uint8Array;
}

export interface Dispute {
  readonly at: Millis;
  readonly epoch: number;
  readonly own: Uint8Array;
  readonly other: Uint8Array;
  /** Who holds the other one; null: both reached this profile, signed. */
  readonly contactId: number | null;
}

type Pair = ReturnType<DocumentBook['evidence']>[number];

export class DocumentMemory {
  private readonly store: ProfileStore;

  constructor(store: ProfileStore) {
    this.store = store;
  }

  /** Remembers the hashes of documents held. In a transaction. */
  note(held: readonly VerifiedDocument[]): void {
    for (const { document, hash } of held) {
      this.store.run(
        'INSERT INTO document_hashes (epoch, hash) VALUES (?, ?) ON CONFLICT (epoch) DO NOTHING',
        document.epoch,
        hash,
      );
    }
    this.store.run(
      `DELETE FROM document_hashes WHERE epoch NOT IN
         (SELECT epoch FROM document_hashes ORDER BY epoch DESC LIMIT ${MAX_DOCUMENT_HASHES})`,
    );
  }

  /** Keeps both of two signed documents; false when they are here already, or too many are. */
  keepPair({ held, refused }: Pair, now: Millis): boolean {
    return this.keep({
      at: now,
      epoch: refused.document.epoch,
      own: held.hash,
      other: refused.hash,
      contactId: null,
      bytes: [held.bytes, refused.bytes],
    });
  }

  /**
   * A contact holds this document. True when ours of that epoch is another one: a new dispute.
   * Null when we held none of that epoch.
   */
  compare(contactId: number, { epoch, hash }: DocumentName, now: Millis): boolean | null {
    const row = this.store.get('SELECT hash FROM document_hashes WHERE epoch = ?', epoch);
    if (row === undefined) return null;
    const own = blob(row, 'hash');
    if (equalBytes(own, hash)) return false;
    return this.keep({ at: now, epoch, own, other: hash, contactId, bytes: [null, null] });
  }

  private keep(
    dispute: Dispute & { readonly bytes: readonly [Uint8Array | null, Uint8Array | null] },
  ): boolean {
    if (this.count('1 = 1', []) >= MAX_DISPUTES) return false;
    // Somebody who invents documents must not fill the place of others.
    const { contactId } = dispute;
    if (contactId !== null) {
      if (this.count('contact_id = ?', [contactId]) >= MAX_DISPUTES_OF_CONTACT) return false;
    }
    const { changes } = this.store.run(
      `INSERT INTO disputes (at, epoch, own_hash, other_hash, contact_id, own_bytes, other_bytes)
       VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (epoch, other_hash) DO NOTHING`,
      Math.floor(dispute.at),
      dispute.epoch,
      dispute.own,
      dispute.other,
      dispute.contactId,
      dispute.bytes[0],
      dispute.bytes[1],
    );
    return changes > 0;
  }

  private count(where: string, params: readonly number[]): number {
    const row = this.store.get(`SELECT count(*) AS n FROM disputes WHERE ${where}`, ...params);
    return row === undefined ? 0 : num(row, 'n');
  }

  /** Oldest first. */
  disputes(): Dispute[] {
    return this.store
      .all('SELECT at, epoch, own_hash, other_hash, contact_id FROM disputes ORDER BY id')
      .map((row) => ({
        at: num(row, 'at'),
        epoch: num(row, 'epoch'),
        own: blob(row, 'own_hash'),
        other: blob(row, 'other_hash'),
        contactId: numOrNull(row, 'contact_id'),
      }));
  }
}
