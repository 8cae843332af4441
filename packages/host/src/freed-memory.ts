/**
 * What the engine of a relay, and of a daemon that is fully locked, frees is overwritten (docs/decisions/0102). Strings, small arrays and
 * numbers cannot be wiped by who made them: the engine copies and drops them as it likes, and leaves
 * dead ones as they are until it needs their room, which in a quiet relay may be never.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void;

let collect: Collect | null = null;

/**
 * From now on what dies young is overwritten by the collection that finds it. Holds for all threads.
 * What grew old before it died is not: that takes `collectFreed`.
 */
export function overwriteFreed(): void {
  if (collect !== null) return;
  setFlagsFromString('--clear-free-memory');
  setFlagsFromString('--expose-gc');
  collect = runInNewContext('gc') as Collect;
}

/**
 * Collects everything that is dead now in this thread and gives its pages back or overwrites them.
 * An ordinary collection leaves the dead among the living of the old part as they are; only the one
 * for when memory is short moves the living together. Takes tens of milliseconds.
 */
export function collectFreed(): void {
  collect?.({ type: 'major', flavor: 'last-resort' });
}

/**
 * From now on buffers are freed each by itself, by the thread that made them: other threads keep the last few they
 * freed, and a piece from which small ones are cut lives as long as one of them. `fillFreed` reaches neither.
 */
export function freeHere(): void {
  setFlagsFromString('--no-concurrent-array-buffer-sweeping');
  Buffer.poolSize = 0;
}

/** Up to here allocators keep freed pieces by each size apart, in steps; bytes asked for of each size. */
const SMALL = 1_040;
const STEP = 16;
const BYTES_OF_SIZE = 196_608;
/** Sizes in one piece of work. */
const SIZES = 5;
/** Larger ones: bytes asked for at a time, and at most. */
const BATCH = 1_048_576;
const MOST = 134_217_728;
/** Calls one inside the other: what was called before left its variables below them. */
const DEPTH = 2_000;

/**
 * Outside the engine's heap the allocator of the system keeps what was freed as it is, until somebody asks for its
 * room. Asks for it, fills it with zeros and gives it back: what this thread may get of it, until the process would
 * have to grow. The same for its stack. To be run in order, all of them; each takes some milliseconds.
 */
export function fillFreed(): readonly (() => void)[] {
  const held: Buffer[] = [];
  const take = (size: number, count: number): void => {
    // Filled here: what is given out as zeros passes by the pieces freed last.
    for (let n = 0; n < count; n++) held.push(Buffer.allocUnsafeSlow(size).fill(0));
  };
  const small = Array.from({ length: SMALL / STEP / SIZES }, (_, group) => () => {
    for (let n = 1; n <= SIZES; n++) {
      const size = (group * SIZES + n) * STEP;
      take(size, Math.ceil(BYTES_OF_SIZE / size));
    }
  });
  const large = [2_048, 16_384].map((size) => () => {
    for (let given = 0, grown = 0; given < MOST && grown < 2; given += BATCH) {
      const before = process.memoryUsage.rss();
      take(size, BATCH / size);
      grown = process.memoryUsage.rss() - before > BATCH / 2 ? grown + 1 : 0;
    }
  });
  const rest = (): void => {
    deepen(DEPTH);
    held.length = 0;
  };
  return [...small, ...large, rest];
}

function deepen(depth: number): number {
  const [a, b, c, d] = [depth, depth, depth, depth];
  return depth === 0 ? 0 : a + b + c + d + deepen(depth - 1);
}
