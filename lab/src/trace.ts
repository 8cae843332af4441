/**
 * The trace of a run: one row for each thing a wiretapper could see (moment, from, to, bytes),
 * hashed as it goes. The same seed must give the same hash; adversaries read the same rows.
 */
import { createHash } from 'node:crypto';
import type { Millis } from '@tacet/base';

const ROW = 20;
const ROWS = 4_096;

export interface TraceRow {
  readonly at: Millis;
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

export class Trace {
  private readonly hash = createHash('sha256');
  private readonly buffer = Buffer.alloc(ROW * ROWS);
  private filled = 0;
  private count = 0;
  private readonly listener: ((row: TraceRow) => void) | null;

  constructor(listener: ((row: TraceRow) => void) | null = null) {
    this.listener = listener;
  }

  get rows(): number {
    return this.count;
  }

  add(at: Millis, from: number, to: number, bytes: number): void {
    const offset = this.filled * ROW;
    this.buffer.writeDoubleBE(at, offset);
    this.buffer.writeUInt32BE(from, offset + 8);
    this.buffer.writeUInt32BE(to, offset + 12);
    this.buffer.writeUInt32BE(bytes, offset + 16);
    this.count += 1;
    if (++this.filled === ROWS) this.flush();
    this.listener?.({ at, from, to, bytes });
  }

  private flush(): void {
    this.hash.update(this.buffer.subarray(0, this.filled * ROW));
    this.filled = 0;
  }

  /** SHA-256 of all rows; ends the trace. */
  digest(): string {
    this.flush();
    return this.hash.digest('hex');
  }
}
