/**
 * A profile's store that dies when told to: before a statement, or right after something was
 * committed. What was committed stays. A planted fault stands between the client and the store.
 */
import type { SqlRow, SqlValue } from '@tacet/client';
import { MemoryStore } from '../memory-store.ts';
import { Crash } from './crash.ts';
import { callerName, type NamedPoints, statementName } from './named-points.ts';

type Result = { changes: number; rowId: number };

/** What is wrong with a store on purpose; each method stands for one of the store's. */
export interface Fault {
  /** Every statement that changes something. */
  run?(sql: string, params: readonly SqlValue[], next: () => Result, store: CrashStore): Result;
  get?(sql: string, next: () => SqlRow | undefined): SqlRow | undefined;
  /** Hears of what is asked for. */
  all?(sql: string): void;
  /** True: what a transaction holds is saved piece by piece. */
  readonly torn?: boolean;
}

export class CrashStore extends MemoryStore {
  /** Changing statements until the crash. */
  untilStatement = Infinity;
  /** Saves until the crash: outermost transactions done. */
  untilSave = Infinity;
  /** Both counted since the beginning. */
  readonly done = { statements: 0, saves: 0 };
  fault: Fault | null = null;
  /** Where points are told by name, and may end the process; null: nowhere. */
  named: NamedPoints | null = null;
  private open = 0;

  calm(): void {
    this.untilStatement = Infinity;
    this.untilSave = Infinity;
  }

  override run(sql: string, ...params: SqlValue[]): Result {
    this.done.statements += 1;
    this.untilStatement -= 1;
    if (this.untilStatement <= 0) throw new Crash('statement');
    this.named?.pass('statement', () => statementName(sql));
    const piece = this.open > 0 && this.fault?.torn === true;
    if (piece && this.untilSave <= 0) throw new Crash('save');
    const next = (): Result => super.run(sql, ...params);
    const result = this.fault?.run?.(sql, params, next, this) ?? next();
    // Each piece is a save of its own: a process may die after any of them.
    if (piece) this.saved();
    return result;
  }

  private saved(): void {
    this.done.saves += 1;
    this.untilSave -= 1;
    if (this.untilSave <= 0) throw new Crash('save');
  }

  override get(sql: string, ...params: SqlValue[]): SqlRow | undefined {
    const next = (): SqlRow | undefined => super.get(sql, ...params);
    return this.fault?.get === undefined ? next() : this.fault.get(sql, next);
  }

  override all(sql: string, ...params: SqlValue[]): readonly SqlRow[] {
    this.fault?.all?.(sql);
    return super.all(sql, ...params);
  }

  override transaction<T>(work: () => T): T {
    // Who is dead saves nothing more, whoever caught the news.
    if (this.untilSave <= 0) throw new Crash('save');
    this.open += 1;
    let result: T;
    try {
      result = this.fault?.torn === true ? work() : super.transaction(work);
    } finally {
      this.open -= 1;
    }
    if (this.open > 0 || this.fault?.torn === true) return result;
    this.saved();
    this.named?.pass('save', callerName);
    return result;
  }

  /** A statement of a planted fault, which is no statement of the client's. */
  aside(sql: string, ...params: SqlValue[]): Result {
    return super.run(sql, ...params);
  }
}
