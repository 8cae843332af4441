/**
 * All day files of a store, used by one thread. A batch is one group commit: writes first, in
 * the order of their marks, then reads.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { AppError } from '@tacet/base';
import { Day, dayOfFile } from './day.ts';
import { failureOf } from './failure.ts';
import { LIMITS, RECORD_LENGTH } from './limits.ts';
import type { Failure, Operation, Outcome } from './protocol.ts';

export interface BatchResult {
  readonly outcomes: Outcome[];
  readonly records: Uint8Array<ArrayBuffer>;
}

export class Engine {
  private readonly days = new Map<number, Day>();
  private readonly dir: string;
  private readonly salt: number;

  constructor(dir: string, salt: number) {
    this.dir = dir;
    this.salt = salt;
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(dir)) {
      const day = dayOfFile(name);
      if (day !== null) this.day(day);
    }
  }

  run(operations: readonly Operation[], records: Uint8Array): BatchResult {
    const outcomes: Outcome[] = operations.map(() => 'done');
    this.write(operations, records, outcomes);
    const found: Uint8Array[] = [];
    operations.forEach((operation, i) => {
      if (operation.kind === 'put' || operation.kind === 'tombstone') return;
      try {
        outcomes[i] =
          operation.kind === 'count'
            ? { kind: 'count', count: this.count() }
            : { kind: 'get', found: operation.marks.map((mark) => this.read(mark, found)) };
      } catch (error) {
        outcomes[i] = failureOf(error);
      }
    });
    const answer = new Uint8Array(found.length * RECORD_LENGTH);
    for (const [i, record] of found.entries()) answer.set(record, i * RECORD_LENGTH);
    return { outcomes, records: answer };
  }

  /** Reads some of the marks not yet in memory; true while there are more. */
  loadSome(): boolean {
    for (const day of this.days.values()) {
      if (!day.indexed) return day.loadSome() || !this.indexed;
    }
    return false;
  }

  /** True when every mark is in memory. */
  get indexed(): boolean {
    for (const day of this.days.values()) if (!day.indexed) return false;
    return true;
  }

  /** Removes the files of days up to `today`. */
  drop(today: number): void {
    for (const [number, day] of this.days) {
      if (number > today) continue;
      this.days.delete(number);
      day.drop();
    }
  }

  /** Erases some tombstoned records; true while there are more. */
  eraseSome(): boolean {
    for (const day of this.days.values()) if (day.eraseSome()) return true;
    return false;
  }

  checkpoint(): void {
    for (const day of this.days.values()) day.checkpoint();
  }

  close(): void {
    for (const day of this.days.values()) day.close();
    this.days.clear();
  }

  private write(operations: readonly Operation[], records: Uint8Array, outcomes: Outcome[]): void {
    let at = 0;
    const writes: { i: number; operation: Operation & { mark: bigint }; record: Uint8Array }[] = [];
    operations.forEach((operation, i) => {
      if (operation.kind === 'put') {
        writes.push({ i, operation, record: records.subarray(at, at + RECORD_LENGTH) });
        at += RECORD_LENGTH;
      } else if (operation.kind === 'tombstone') {
        writes.push({ i, operation, record: operation.id });
      }
    });
    // A sort is stable: of two writes of one mark the earlier one stays the earlier.
    writes.sort((a, b) => compare(a.operation.mark, b.operation.mark));
    const touched = new Map<Day, number[]>();
    const fail = (day: Day | undefined, failure: Failure): void => {
      for (const i of (day && touched.get(day)) ?? []) outcomes[i] = failure;
      if (day) touched.delete(day);
    };
    for (const { i, operation, record } of writes) {
      let day: Day | undefined;
      try {
        day = this.holder(operation.mark);
        if (operation.kind === 'put') {
          outcomes[i] = day ? day.compare(operation.mark, record) : 'stored';
          if (day === undefined) {
            day = this.day(operation.day);
            day.insert(operation.mark, record);
          }
        } else {
          day?.doom(operation.mark, record);
        }
        // An answer about a row of this batch is as durable as the row: it fails with it.
        if (day) {
          const indices = touched.get(day);
          if (indices) indices.push(i);
          else touched.set(day, [i]);
        }
      } catch (error) {
        const failure = failureOf(error);
        day?.rollback();
        fail(day, failure);
        outcomes[i] = failure;
      }
    }
    for (const day of [...touched.keys()]) {
      try {
        day.commit();
      } catch (error) {
        fail(day, failureOf(error));
      }
    }
  }

  private read(mark: bigint, found: Uint8Array[]): boolean {
    const record = this.holder(mark)?.read(mark) ?? null;
    if (record !== null) found.push(record);
    return record !== null;
  }

  private count(): number {
    let count = 0;
    for (const day of this.days.values()) {
      while (day.loadSome());
      count += day.count;
    }
    return count;
  }

  private holder(mark: bigint): Day | undefined {
    for (const day of this.days.values()) if (day.has(mark)) return day;
    return undefined;
  }

  private day(number: number): Day {
    let day = this.days.get(number);
    if (day === undefined) {
      if (this.days.size >= LIMITS.dayFiles) {
        throw new AppError('boxes-days', 'storage', 'the box store holds more days than it may');
      }
      day = new Day(this.dir, number, this.salt);
      this.days.set(number, day);
    }
    return day;
  }
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
