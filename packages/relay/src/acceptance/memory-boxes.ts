/**
 * A box store in memory, for tests and the lab: the rules of docs/spec/05-boxes.md and no disk.
 * `execute` is synchronous, so that a simulation needs no promises.
 */
import { equalBytes } from '@tacet/base';
import { hash } from '@tacet/crypto';
import { type BoxId, type BoxRecord, type Mark, markKey } from '@tacet/wire';
import type { BoxStore, StoreCommand, StoredBox, StoreResult } from '../ports.ts';

interface Kept {
  readonly id: BoxId;
  readonly expiryDay: number;
  /** Of the record; all that is left of it after a tombstone took effect. */
  readonly hash: Uint8Array;
  record: BoxRecord | null;
  tombstone: boolean;
}

export class MemoryBoxes implements BoxStore {
  private readonly kept = new Map<bigint, Kept>();

  execute(command: StoreCommand): StoreResult {
    switch (command.kind) {
      case 'put':
        return { kind: 'put', outcome: this.putNow(command.box) };
      case 'get':
        return { kind: 'get', records: this.getNow(command.marks) };
      case 'tombstone':
        this.tombstoneNow(command.mark, command.id);
        return { kind: 'tombstone' };
      case 'expire':
        this.expireNow(command.today);
        return { kind: 'expire' };
    }
  }

  async put(box: StoredBox): Promise<'stored' | 'same' | 'taken'> {
    return this.putNow(box);
  }

  async get(marks: readonly Mark[]): Promise<readonly (BoxRecord | null)[]> {
    return this.getNow(marks);
  }

  async tombstone(mark: Mark, id: BoxId): Promise<void> {
    this.tombstoneNow(mark, id);
  }

  async expire(today: number): Promise<void> {
    this.expireNow(today);
  }

  async count(): Promise<number> {
    let count = 0;
    for (const { record } of this.kept.values()) if (record !== null) count += 1;
    return count;
  }

  async close(): Promise<void> {}

  private putNow({ mark, id, record, expiryDay }: StoredBox): 'stored' | 'same' | 'taken' {
    const key = markKey(mark);
    const held = this.kept.get(key);
    const recordHash = hash('erased-box', record);
    if (held !== undefined) return equalBytes(held.hash, recordHash) ? 'same' : 'taken';
    const own = { id: id.slice() as BoxId, record: record.slice() as BoxRecord };
    this.kept.set(key, { ...own, expiryDay, hash: recordHash, tombstone: false });
    return 'stored';
  }

  private getNow(marks: readonly Mark[]): (BoxRecord | null)[] {
    return marks.map((mark) => this.kept.get(markKey(mark))?.record ?? null);
  }

  private tombstoneNow(mark: Mark, id: BoxId): void {
    const held = this.kept.get(markKey(mark));
    if (held !== undefined && equalBytes(held.id, id)) held.tombstone = true;
  }

  private expireNow(today: number): void {
    for (const [key, held] of this.kept) {
      if (held.expiryDay <= today) this.kept.delete(key);
      else if (held.tombstone) held.record = null;
    }
  }
}
