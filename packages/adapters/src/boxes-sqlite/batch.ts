/** Operations gathered for one group commit, with their callers and their records. */
import type { Mark } from '@tacet/wire';
import { RECORD_LENGTH } from './limits.ts';
import type { Operation, Outcome } from './protocol.ts';

export interface Caller {
  resolve(outcome: Outcome, record: () => Uint8Array): void;
  reject(error: unknown): void;
}

const FIRST_RECORDS = 4;

export class Batch {
  readonly operations: Operation[] = [];
  readonly callers: Caller[] = [];
  private buffer = new Uint8Array(FIRST_RECORDS * RECORD_LENGTH);
  private used = 0;

  get size(): number {
    return this.operations.length;
  }

  get records(): Uint8Array<ArrayBuffer> {
    return this.buffer;
  }

  add(operation: Operation, caller: Caller): void {
    this.operations.push(operation);
    this.callers.push(caller);
  }

  /** Copies, so that the caller may use its buffer again. */
  addRecord(record: Uint8Array): void {
    if (this.used + RECORD_LENGTH > this.buffer.length) {
      const larger = new Uint8Array(this.buffer.length * 2);
      larger.set(this.buffer);
      this.buffer = larger;
    }
    this.buffer.set(record, this.used);
    this.used += RECORD_LENGTH;
  }
}

/** A mark as the signed 64-bit key of its row. */
export function keyOf(mark: Mark): bigint {
  return new DataView(mark.buffer, mark.byteOffset, mark.byteLength).getBigInt64(0);
}
