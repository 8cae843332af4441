/** All day files of a store, used by one thread. A batch is one group commit, then its reads. */
import { mkdirSync, readdirSync } from 'node:fs';
import { AppError } from '@tacet/base';
import { Day, type DayOptions } from './day.ts';
import { failureOf } from './failure.ts';
import { dayOfFile, removeDropped } from './files.ts';
import { collectDead } from './freed.ts';
import { ID_LENGTH, LIMITS, RECORD_LENGTH } from './limits.ts';
import {
  type BatchAnswer,
  type BatchMessage,
  type Failure,
  OPERATION,
  OUTCOME,
} from './protocol.ts';

export type EngineOptions = Omit<DayOptions, 'day'>;

export class Engine {
  private readonly options: EngineOptions;
  private readonly days = new Map<number, Day>();

  constructor(options: EngineOptions) {
    this.options = options;
    mkdirSync(options.dir, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(options.dir)) {
      const day = dayOfFile(name);
      if (day !== null) this.day(day);
    }
  }

  run(message: BatchMessage): BatchAnswer {
    const batch = new BatchRun(message);
    batch.each(OPERATION.put, (i, words, record) => this.put(batch, i, words, record));
    batch.each(OPERATION.tombstone, (i, words, id) => this.tombstone(batch, i, words, id));
    batch.commit();
    batch.each(OPERATION.get, (i, words) => this.get(batch, i, words));
    batch.each(OPERATION.count, (i) => batch.settle(i, OUTCOME.count, this.count()));
    return batch.answer();
  }

  /** Puts aside the files of days up to `today`, and leaves nothing of them in memory. */
  drop(today: number): void {
    const due = [...this.days.values()].filter(({ day }) => day <= today);
    for (const day of due) {
      this.days.delete(day.day);
      day.putAside();
    }
  }

  /** Gives the disk back what was put aside; does not hold the thread. */
  removeDropped(): Promise<void> {
    return removeDropped(this.options.dir);
  }

  /** Erases some tombstoned records; true while there may be more. */
  eraseSome(today: number): boolean {
    for (const day of this.days.values()) if (day.eraseSome(today)) return true;
    return false;
  }

  /** Empties the logs of one day file at a time; then nothing of the last writes is left. */
  *checkpoint(): Generator<void> {
    let logged = false;
    for (const day of [...this.days.values()]) {
      if (this.days.get(day.day) === day && day.checkpoint()) logged = true;
      yield;
    }
    if (logged) collectDead();
  }

  close(): void {
    for (const day of this.days.values()) day.close();
    this.days.clear();
  }

  private put(batch: BatchRun, i: number, words: Int32Array, record: Uint8Array): void {
    const [, low = 0, high = 0, wanted = -1] = words;
    const held = this.holder(low, high);
    if (held !== undefined) {
      const outcome = held.day.compare(held.place, record);
      batch.touch(i, held.day);
      batch.settle(i, OUTCOME[outcome], held.day.day);
    } else if (wanted === -1) {
      batch.settle(i, OUTCOME.refused, 0);
    } else {
      const day = this.day(wanted);
      batch.touch(i, day);
      day.insert(low, high, record);
      batch.settle(i, OUTCOME.stored, wanted);
    }
  }

  private tombstone(batch: BatchRun, i: number, words: Int32Array, id: Uint8Array): void {
    const [, low = 0, high = 0, effectDay = 0] = words;
    const held = this.holder(low, high);
    if (held === undefined) return;
    batch.touch(i, held.day);
    held.day.doom(held.place, id, effectDay);
  }

  private get(batch: BatchRun, i: number, words: Int32Array): void {
    const found: number[] = [];
    const before = batch.recordBytes;
    try {
      for (let at = 2; at < words.length; at += 2) {
        const held = this.holder(words[at] ?? 0, words[at + 1] ?? 0);
        found.push(held !== undefined && batch.take(held.day, held.place) ? 1 : 0);
      }
    } catch (error) {
      batch.recordBytes = before;
      throw error;
    }
    batch.found.push(...found);
    batch.settle(i, OUTCOME.done, found.length);
  }

  private count(): number {
    let count = 0;
    for (const day of this.days.values()) count += day.count;
    return count;
  }

  private holder(low: number, high: number): { day: Day; place: number } | undefined {
    for (const day of this.days.values()) {
      const place = day.find(low, high);
      if (place >= 0) return { day, place };
    }
    return undefined;
  }

  private day(number: number): Day {
    let day = this.days.get(number);
    if (day === undefined) {
      if (this.days.size >= LIMITS.dayFiles) {
        throw new AppError('boxes-days', 'storage', 'the box store holds more days than it may');
      }
      day = new Day({ ...this.options, day: number });
      this.days.set(number, day);
    }
    return day;
  }
}

/** Room for the records of the first reads of a batch. */
const FIRST_RECORDS = 4 * RECORD_LENGTH;

/** One batch on its way through the engine: where its operations stand, and their outcomes. */
class BatchRun {
  private readonly message: BatchMessage;
  private readonly outcomes: Int32Array<ArrayBuffer>;
  private readonly failures: Failure[] = [];
  /** Operations whose outcome is as durable as the rows of that day: it fails with them. */
  private readonly touched = new Map<Day, number[]>();
  /** For each mark of the reads so far, 1 when there is a record. */
  readonly found: number[] = [];
  /** Bytes of the records found so far. */
  recordBytes = 0;
  private records = new Uint8Array(FIRST_RECORDS);

  constructor(message: BatchMessage) {
    this.message = message;
    this.outcomes = new Int32Array(2 * message.operations);
    for (let i = 0; i < message.operations; i++) this.settle(i, OUTCOME.done, 0);
  }

  /** Calls `work` for each operation of that kind with its words and its part of the records. */
  each(kind: number, work: (i: number, words: Int32Array, bytes: Uint8Array) => void): void {
    const { words, operations, records } = this.message;
    let at = 0;
    let bytesAt = 0;
    for (let i = 0; i < operations; i++) {
      const code = words[at] ?? 0;
      const length = lengthOf(code, words[at + 1] ?? 0);
      const bytes = bytesOf(code);
      if (code === kind) {
        try {
          work(i, words.subarray(at, at + length), records.subarray(bytesAt, bytesAt + bytes));
        } catch (error) {
          this.fail(i, error);
        }
      }
      at += length;
      bytesAt += bytes;
    }
  }

  settle(i: number, code: number, value: number): void {
    this.outcomes[2 * i] = code;
    this.outcomes[2 * i + 1] = value;
  }

  touch(i: number, day: Day): void {
    const list = this.touched.get(day);
    if (list === undefined) this.touched.set(day, [i]);
    else list.push(i);
  }

  commit(): void {
    for (const [day, indices] of this.touched) {
      try {
        day.commit();
      } catch (error) {
        this.failAll(indices, error);
      }
    }
  }

  /** Reads a record into the answer; false when it is erased. */
  take(day: Day, place: number): boolean {
    if (this.recordBytes + RECORD_LENGTH > this.records.length) {
      const larger = new Uint8Array(2 * this.records.length);
      larger.set(this.records);
      this.records.fill(0);
      this.records = larger;
    }
    const found = day.read(place, this.records, this.recordBytes);
    if (found) this.recordBytes += RECORD_LENGTH;
    return found;
  }

  answer(): BatchAnswer {
    const { outcomes, failures, records } = this;
    const { records: spare, words } = this.message;
    // The one waits to be used again, the other for nobody: in both they lie as they came.
    spare.fill(0);
    words.fill(0);
    return {
      kind: 'batch',
      outcomes,
      found: Uint8Array.from(this.found),
      records,
      failures,
      spare,
    };
  }

  /** A day that failed takes with it whatever this batch said about it before. */
  private fail(i: number, error: unknown): void {
    for (const [day, indices] of this.touched) {
      if (!indices.includes(i)) continue;
      this.touched.delete(day);
      day.rollback();
      this.failAll(indices, error);
    }
    this.failAll([i], error);
  }

  private failAll(indices: readonly number[], error: unknown): void {
    const at = this.failures.push(failureOf(error)) - 1;
    for (const i of indices) this.settle(i, OUTCOME.failed, at);
  }
}

function lengthOf(code: number, next: number): number {
  switch (code) {
    case OPERATION.put:
    case OPERATION.tombstone:
      return 4;
    case OPERATION.get:
      return 2 + 2 * next;
    default:
      return 1;
  }
}

function bytesOf(code: number): number {
  if (code === OPERATION.put) return RECORD_LENGTH;
  return code === OPERATION.tombstone ? ID_LENGTH : 0;
}
