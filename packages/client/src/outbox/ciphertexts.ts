/**
 * Ratchet ciphertexts under way. What is kept until the receipt is the ciphertext: a part that
 * cannot be written goes into the next box of the stream as it is (docs/spec/07-streams.md, 5).
 * What was written and is missing at the other side is encrypted anew under the same sequence: the
 * ratchet there forgets old chains (docs/decisions/0034-holes-are-encrypted-anew.md).
 */
import type { Millis } from '@tacet/base';
import type { NetworkId } from '@tacet/directory';
import { sealRecord } from '@tacet/wire';
import type { NewPut, PutQueue } from '../boxes/puts.ts';
import type { ProfileStore, SqlRow } from '../ports.ts';
import type { Resting } from '../sessions/jobs.ts';
import { blob, blobOrNull, num, numOrNull, text } from '../store/rows.ts';
import { encodeBoxContent, partSlice, partsOf } from '../streams/parts.ts';
import type { StreamWriter } from '../streams/writer.ts';

export interface Ciphertext {
  readonly id: number;
  readonly contactId: number;
  /** 0 in a control. */
  readonly seq: number;
  readonly messageId: number | null;
  /** What it says when it carries no message; null in controls. */
  readonly notice: Notice | null;
  /** With `said` and `recovery`: the envelope, encoded. */
  readonly body: Uint8Array | null;
  readonly data: Uint8Array;
  /** How often it was encrypted. */
  readonly posts: number;
}

/** `said` and `recovery`: the `body` is the envelope. */
export type Notice = 'hello' | 'key-set' | 'healing' | 'said' | 'recovery';

/** Nobody waits for these. */
function isBehind(notice: Notice | null): boolean {
  return notice === 'healing' || notice === 'recovery';
}

export function renewalKey(id: number): string {
  return `renewal/${id}`;
}

function ciphertextOf(row: SqlRow): Ciphertext {
  return {
    id: num(row, 'id'),
    contactId: num(row, 'contact_id'),
    seq: num(row, 'seq'),
    messageId: numOrNull(row, 'message_id'),
    notice: row['notice'] === null ? null : (text(row, 'notice') as Notice),
    body: blobOrNull(row, 'body'),
    data: blob(row, 'data'),
    posts: num(row, 'posts'),
  };
}

export class Ciphertexts {
  private readonly store: ProfileStore;
  private readonly puts: PutQueue;
  private readonly writer: StreamWriter;

  constructor(store: ProfileStore, puts: PutQueue, writer: StreamWriter) {
    this.store = store;
    this.puts = puts;
    this.writer = writer;
  }

  /** Saves a fresh ciphertext and the boxes of all its parts. In a transaction. */
  add(
    contactId: number,
    what: Pick<Ciphertext, 'messageId' | 'notice' | 'body'>,
    data: Uint8Array,
    networkId: NetworkId,
    now: Millis,
  ): Ciphertext {
    const { messageId, notice, body } = what;
    const seq = messageId === null && notice === null ? 0 : this.nextSeq(contactId);
    const { rowId } = this.store.run(
      'INSERT INTO ciphertexts (contact_id, seq, message_id, notice, body, data, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      contactId,
      seq,
      messageId,
      notice,
      body,
      data,
      Math.floor(now),
    );
    const ciphertext = { id: rowId, posts: 1, contactId, seq, messageId, notice, body, data };
    for (let part = 0; part < partsOf(data.length); part++) {
      this.post(ciphertext, part, networkId, now, 0);
    }
    return ciphertext;
  }

  private nextSeq(contactId: number): number {
    this.store.run('UPDATE contacts SET out_seq = out_seq + 1 WHERE id = ?', contactId);
    const row = this.store.get('SELECT out_seq FROM contacts WHERE id = ?', contactId);
    return row === undefined ? 0 : num(row, 'out_seq');
  }

  /** Gives one part the next box of the stream. In a transaction. */
  post(
    ciphertext: Ciphertext,
    part: number,
    networkId: NetworkId,
    notBefore: Millis,
    moves: number,
  ): void {
    const { index, box } = this.writer.allocate(ciphertext.contactId);
    const parts = partsOf(ciphertext.data.length);
    const content =
      ciphertext.seq === 0
        ? ({ kind: 'control', data: ciphertext.data } as const)
        : ({
            kind: 'part',
            seq: ciphertext.seq,
            part,
            parts,
            data: partSlice(ciphertext.data, part),
          } as const);
    this.store.run(
      `INSERT INTO progress (ciphertext_id, part, idx) VALUES (?, ?, ?)
       ON CONFLICT (ciphertext_id, part) DO UPDATE SET idx = excluded.idx, expires_day = NULL`,
      ciphertext.id,
      part,
      index,
    );
    const put: NewPut = {
      owner: 'part',
      ref: ciphertext.id,
      part,
      priority: ciphertext.seq === 0 || isBehind(ciphertext.notice) ? 1 : 0,
      contactId: ciphertext.contactId,
      record: sealRecord(box, networkId, encodeBoxContent(content)),
      mark: box.mark,
      notBefore,
      moves,
    };
    this.puts.add(put);
  }

  /** Takes it out of its boxes; it waits to be encrypted anew. In a transaction. */
  askRenewal(id: number): void {
    this.puts.cancel('part', id);
    this.store.run(
      'UPDATE ciphertexts SET posts = posts + 1, stored_at = NULL, missed_at = NULL, renew = 1 WHERE id = ?',
      id,
    );
  }

  /** All that is under way to a contact waits for new streams. In a transaction. */
  recall(contactId: number): void {
    const sql = 'SELECT id, seq FROM ciphertexts WHERE contact_id = ?';
    for (const row of this.store.all(sql, contactId)) {
      if (num(row, 'seq') > 0) this.askRenewal(num(row, 'id'));
      else this.remove(num(row, 'id'));
    }
  }

  /** The oldest that waits to be encrypted anew. */
  awaitingRenewal(resting: Resting): Ciphertext | null {
    const rows = this.store.all(
      `SELECT t.* FROM ciphertexts t JOIN contacts c ON c.id = t.contact_id
       WHERE t.renew = 1 AND c.blocked_at IS NULL AND c.out_chain IS NOT NULL ORDER BY t.id LIMIT ?`,
      1 + resting.size,
    );
    const row = rows.find((one) => !resting.has(renewalKey(num(one, 'id'))));
    return row === undefined ? null : ciphertextOf(row);
  }

  /** Posts all parts in new boxes, with `data` for what it was. In a transaction. */
  renew(ciphertext: Ciphertext, data: Uint8Array, networkId: NetworkId, now: Millis): void {
    const { id } = ciphertext;
    const parts = partsOf(data.length);
    this.puts.cancel('part', id);
    this.store.run('UPDATE ciphertexts SET data = ?, renew = 0 WHERE id = ?', data, id);
    this.store.run('DELETE FROM progress WHERE ciphertext_id = ? AND part >= ?', id, parts);
    for (let part = 0; part < parts; part++) {
      this.post({ ...ciphertext, data }, part, networkId, now, 0);
    }
  }

  get(id: number): Ciphertext | null {
    const row = this.store.get('SELECT * FROM ciphertexts WHERE id = ?', id);
    return row === undefined ? null : ciphertextOf(row);
  }

  /** Receipted, or a control that was stored: nothing of it is needed any more. */
  remove(id: number): void {
    this.puts.cancel('part', id);
    this.store.run('DELETE FROM ciphertexts WHERE id = ?', id);
  }

  sent(id: number, part: number): void {
    this.store.run('UPDATE progress SET sent = 1 WHERE ciphertext_id = ? AND part = ?', id, part);
  }

  /** @param expiresDay first day on which this copy is gone */
  stored(id: number, part: number, copies: number, expiresDay: number | null): void {
    this.store.run(
      `UPDATE progress SET copies = max(copies, ?),
         expires_day = coalesce(max(expires_day, ?), expires_day, ?)
       WHERE ciphertext_id = ? AND part = ?`,
      copies,
      expiresDay,
      expiresDay,
      id,
      part,
    );
  }

  /** Parts, how many were sent, copies of the least-copied part. */
  progress(id: number): { parts: number; sent: number; copies: number } {
    const row = this.store.get(
      'SELECT count(*) AS parts, sum(sent) AS sent, min(copies) AS copies FROM progress WHERE ciphertext_id = ?',
      id,
    );
    if (row === undefined || row['copies'] === null) return { parts: 0, sent: 0, copies: 0 };
    return { parts: num(row, 'parts'), sent: num(row, 'sent'), copies: num(row, 'copies') };
  }

  /** An edge has each of its boxes, and each box of the stream before them that is under way. */
  stands({ id, contactId }: Ciphertext): boolean {
    const open = this.store.get(
      `SELECT 1 AS one FROM puts q JOIN progress p ON p.ciphertext_id = q.ref AND p.part = q.part
       WHERE q.owner = 'part' AND q.contact_id = ? AND q.copies = 0
         AND p.idx < (SELECT max(idx) FROM progress WHERE ciphertext_id = ?) LIMIT 1`,
      contactId,
      id,
    );
    return open === undefined && this.progress(id).copies > 0;
  }

  /** Lowest stream index that carries something unreceipted, or null. */
  lowestIndex(contactId: number): number | null {
    const row = this.store.get(
      `SELECT min(p.idx) AS idx FROM progress p JOIN ciphertexts c ON c.id = p.ciphertext_id
       WHERE c.contact_id = ? AND c.seq > 0`,
      contactId,
    );
    return typeof row?.['idx'] === 'number' ? row['idx'] : null;
  }
}
