/**
 * For which files a person consented to Transfer, and until when (docs/spec/19-files.md, 8). A consent
 * says that the line may show it; it ends by itself, because a contact decides when a file is wanted.
 */
import { HOUR, type Millis } from '@tacet/base';
import type { TransferWork } from '../levels/transfer.ts';
import type { ProfileStore } from '../ports.ts';
import { num } from '../store/rows.ts';
import type { FileTable } from './table.ts';

/** How long one holds. */
export const CONSENT: Millis = HOUR;

export class Consents implements TransferWork {
  private readonly store: ProfileStore;
  private readonly table: FileTable;
  /** By file: until when. */
  private readonly until = new Map<number, Millis>();

  constructor(store: ProfileStore, table: FileTable) {
    this.store = store;
    this.table = table;
    this.restore();
  }

  /** As the store has it. */
  restore(): void {
    this.until.clear();
    const sql = 'SELECT id, transfer_until FROM files WHERE transfer_until > 0';
    for (const row of this.store.all(sql)) {
      this.until.set(num(row, 'id'), num(row, 'transfer_until'));
    }
  }

  /** In a transaction. */
  give(id: number, now: Millis): void {
    this.set(id, Math.floor(now + CONSENT));
  }

  waits(now: Millis): boolean {
    for (const [id, until] of this.until) {
      if (until > now && this.isUnderWay(id)) return true;
    }
    return false;
  }

  blockOver(begun: Millis): void {
    for (const id of [...this.until.keys()]) {
      const file = this.table.get(id);
      const moved = file !== null && file.movedAt > begun;
      if (file === null || file.secret === null || (this.isUnderWay(id) && !moved)) this.set(id, 0);
    }
  }

  /** The clock was set back by so much. In a transaction. */
  setBack(by: Millis): void {
    for (const [id, until] of this.until) this.set(id, Math.floor(until - by));
  }

  private isUnderWay(id: number): boolean {
    const state = this.table.get(id)?.state;
    return state === 'writing' || state === 'wanted';
  }

  private set(id: number, until: Millis): void {
    if (until > 0) this.until.set(id, until);
    else this.until.delete(id);
    this.store.run('UPDATE files SET transfer_until = ? WHERE id = ?', Math.max(0, until), id);
  }
}
