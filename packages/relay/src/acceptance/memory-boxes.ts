/**
 * A box store in memory, for tests and the lab: the rules of docs/spec/05-boxes.md and no disk.
 * `execute` is synchronous, so that a simulation needs no promises.
 */
import { equalBytes } from '@tacet/base';
import { hash } from '@tacet/crypto';
import { type BoxId, type BoxRecord, type Mark, markKey } from '@tacet/wire';
import type { BoxStore, PutResult, StoreCommand, StoredBox, StoreResult } from '../ports.ts';

interface Kept {
  readonly id: BoxId;
  readonly expiryDay: number;
  /** Of the record; all that is left of it after a tombstone took effect. */
  readonly hash: Uint8Array;
  record: BoxRecord | null;
  /** The day on which the record is erased. */
  effectDay: number | null;
}

export class MemoryBoxes implements BoxStore {
  private readonly kept = new Map<bigint, Kept>();

  execute(command: StoreCommand): StoreResult {
    switch (command.kind) {
      case 'put':
        return { kind: 'put', result: this.putNow(command.box) };
      case 'get':
        return { kind: 'get', records: this.getNow(command.marks) };
      case 'tombstone':
        this.tombstoneNow(command.mark, command.id, command.effectDay);
        return { kind: 'tombstone' };
      case 'expire':
        this.expireNow(command.today);
        return { kind: 'expire' };
      case 'count':
        return { kind: 'count', count: this.kept.size };
    }
  }

  async put(box: StoredBox): Promise<PutResult> {
    return this.putNow(box);
  }

  async get(marks: readonly Mark[]): Promise<readonly (BoxRecord | null)[]> {
    return this.getNow(marks);
  }

  async tombstone(mark: Mark, id: BoxId, effectDay: number): Promise<void> {
    this.tombstoneNow(mark, id, effectDay);
  }

  async expire(today: number): Promise<void> {
    this.expireNow(today);
  }

  async count(): Promise<number> {
    return this.kept.size;
  }

  async close(): Promise<void> {}

  private putNow({ mark, id, record, expiryDay }: StoredBox): PutResult {
    const key = markKey(mark);
    const held = this.kept.get(key);
    const recordHash = hash('erased-box', record);
    if (held !== undefined) {
      if (!equalBytes(held.hash, recordHash)) return { outcome: 'taken' };
      return { outcome: 'same', expiryDay: held.expiryDay };
    }
    if (expiryDay === null) return { outcome: 'refused' };
    const own = { id: id.slice() as BoxId, record: record.slice() as BoxRecord };
    this.kept.set(key, { ...own, expiryDay, hash: recordHash, effectDay: null });
    return { outcome: 'stored', expiryDay };
  }

  private getNow(marks: readonly Mark[]): (BoxRecord | null)[] {
    return marks.map((mark) => {
      const record = this.kept.get(markKey(mark))?.record ?? null;
      return record === null ? null : (record.slice() as BoxRecord);
    });
  }

  private tombstoneNow(mark: Mark, id: BoxId, effectDay: number): void {
    const held = this.kept.get(markKey(mark));
    if (held !== undefined && equalBytes(held.id, id)) held.effectDay ??= effectDay;
  }

  private expireNow(today: number): void {
    for (const [key, held] of this.kept) {
      if (held.expiryDay <= today) this.kept.delete(key);
      else if (held.effectDay !== null && held.effectDay <= today) held.record = null;
    }
  }
}
