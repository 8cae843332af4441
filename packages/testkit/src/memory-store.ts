/**
 * A ProfileStore in memory over the runtime's own SQLite, without encryption: for tests of
 * packages below the adapters.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { ProfileStore, SqlRow, SqlValue } from '@tacet/client';

export class MemoryStore implements ProfileStore {
  private readonly database = new DatabaseSync(':memory:');
  private readonly statements = new Map<string, StatementSync>();
  private depth = 0;
  /** Rows changed so far: what a test compares to see that nothing was saved. */
  writes = 0;

  constructor() {
    this.database.exec('PRAGMA foreign_keys = ON');
  }

  transaction<T>(work: () => T): T {
    const nested = this.depth > 0;
    this.database.exec(nested ? 'SAVEPOINT part' : 'BEGIN');
    this.depth += 1;
    try {
      const result = work();
      this.database.exec(nested ? 'RELEASE part' : 'COMMIT');
      return result;
    } catch (error) {
      this.database.exec(nested ? 'ROLLBACK TO part; RELEASE part' : 'ROLLBACK');
      throw error;
    } finally {
      this.depth -= 1;
    }
  }

  exec(sql: string): void {
    this.database.exec(sql);
  }

  run(sql: string, ...params: SqlValue[]): { changes: number; rowId: number } {
    const { changes, lastInsertRowid } = this.prepare(sql).run(...params);
    this.writes += Number(changes);
    return { changes: Number(changes), rowId: Number(lastInsertRowid) };
  }

  get(sql: string, ...params: SqlValue[]): SqlRow | undefined {
    return this.prepare(sql).get(...params) as SqlRow | undefined;
  }

  all(sql: string, ...params: SqlValue[]): readonly SqlRow[] {
    return this.prepare(sql).all(...params) as unknown as readonly SqlRow[];
  }

  checkpoint(): void {}

  /** The whole database as it stands. */
  copy(): Uint8Array {
    return this.database.serialize();
  }

  /** Puts an earlier copy in its place. */
  restore(copy: Uint8Array): void {
    this.statements.clear();
    this.database.deserialize(copy);
    this.database.exec('PRAGMA foreign_keys = ON');
  }

  close(): void {
    this.database.close();
  }

  private prepare(sql: string): StatementSync {
    let statement = this.statements.get(sql);
    if (statement === undefined) {
      statement = this.database.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }
}
