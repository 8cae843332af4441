/** Boxes to put and callers that put and get them, for the benches of box stores. */
import { randomFillSync } from 'node:crypto';
import type { StoredBox } from '@tacet/relay';
import type { BoxId, BoxRecord, Mark } from '@tacet/wire';

/** Callers that wait for an answer at one time: an edge under load. */
export const IN_FLIGHT = 512;

/** Calls `work` with 0 to `count` - 1, `callers` at a time. @returns calls a second */
export async function rate(
  count: number,
  work: (i: number) => Promise<void>,
  callers = IN_FLIGHT,
): Promise<number> {
  let next = 0;
  const start = performance.now();
  const caller = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return (count * 1_000) / (performance.now() - start);
}

/** Random octets of the right lengths: a store looks no closer. */
export function randomBox(expiryDay: number): StoredBox {
  const record = randomFillSync(new Uint8Array(2_400)) as BoxRecord;
  return {
    record,
    mark: record.slice(100, 108) as Mark,
    id: record.slice(0, 32) as BoxId,
    expiryDay,
  };
}

/** Marks of many boxes in one buffer. */
export class Marks {
  private readonly bytes: Uint8Array;
  private used = 0;

  constructor(most: number) {
    this.bytes = new Uint8Array(8 * most);
  }

  get size(): number {
    return this.used;
  }

  add(mark: Mark): void {
    this.bytes.set(mark, 8 * this.used++);
  }

  at(i: number): Mark {
    return this.bytes.subarray(8 * i, 8 * i + 8) as Mark;
  }

  some(): Mark {
    return this.at(Math.floor(Math.random() * this.used));
  }
}
