/**
 * The SQLite box store as an edge sees it, under the flags of the engine that an edge sets, 512
 * callers in flight: `put_per_s` durable; `get_per_s`
 * of one record in a warm page cache, `get3_per_s` of three as in the protocol; `restart_s` from
 * starting a process to its first record; `rss_mb` of that process after reads of all days and
 * some writes; `bytes_per_box` on the disk. `drop_stall_ms` is the longest PUT or GET, 32 callers
 * in flight, while a day is dropped; `drop_ms` how long that takes; `usual_stall_ms` the longest
 * in as long a time without a drop.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openBoxes } from '@tacet/adapters/boxes-sqlite';
import { hex } from '@tacet/base';
import { overwriteFreed } from '@tacet/host/freed-memory';
import type { BoxStore } from '@tacet/relay';
import { Marks, randomBox, rate } from './load.ts';

export interface SqliteBenchOptions {
  /** Boxes written, over 21 expiry days. */
  readonly boxes?: number;
  readonly say?: (line: string) => void;
}

const DAYS = 21;
const FIRST_DAY = 20_000;
const REPORT = 100_000;

export async function runSqlite(options: SqliteBenchOptions = {}): Promise<Record<string, number>> {
  const { boxes = 1_000_000, say = () => undefined } = options;
  const dir = mkdtempSync(join(tmpdir(), 'tacet-bench-boxes-'));
  try {
    const marks = new Marks(boxes);
    const store = await openBoxes({ dir });
    overwriteFreed();
    let reported = performance.now();
    const puts = await rate(boxes, async (i) => {
      // Day by day, as time fills them.
      const box = randomBox(FIRST_DAY + Math.floor((i * DAYS) / boxes));
      const { outcome } = await store.put(box);
      if (outcome !== 'stored') throw new Error(`a box was ${outcome}`);
      marks.add(box.mark);
      if (marks.size % REPORT !== 0) return;
      const now = performance.now();
      say(`${marks.size} boxes, ${Math.round((REPORT * 1_000) / (now - reported))} PUT/s`);
      reported = now;
    });
    const reads = Math.min(boxes, 60_000);
    const read = async (n: number): Promise<void> => {
      const found = await store.get(Array.from({ length: n }, () => marks.some()));
      if (found.includes(null)) throw new Error('a box is not there');
    };
    await rate(reads, () => read(1));
    const gets = await rate(reads, () => read(1));
    const gets3 = await rate(reads / 3, () => read(3));
    say(`${Math.round(gets)} GET/s`);
    await store.close();
    const bytes = readdirSync(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);
    const again = await restart(dir, marks);
    say(`first record after ${again.seconds.toFixed(3)} s`);
    const drop = await dropDay(dir, marks);
    return {
      sqlite_put_per_s: puts,
      sqlite_get_per_s: gets,
      sqlite_get3_per_s: gets3,
      sqlite_restart_s: again.seconds,
      sqlite_rss_mb: again.rss,
      sqlite_bytes_per_box: bytes / boxes,
      ...drop,
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** From starting a process to its first record, and its memory after some work. */
async function restart(dir: string, marks: Marks): Promise<{ seconds: number; rss: number }> {
  const run = fileURLToPath(new URL('../../../tools/run.mjs', import.meta.url));
  const entry = fileURLToPath(new URL('./reopen.ts', import.meta.url));
  const some = Array.from({ length: 5_000 }, () => hex(marks.some()));
  const start = performance.now();
  const child = spawn(process.execPath, [run, entry, dir, some[0] ?? ''], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(some.join('\n'));
  let seconds = 0;
  let text = '';
  for await (const chunk of child.stdout) {
    if (seconds === 0) seconds = (performance.now() - start) / 1_000;
    text += String(chunk);
  }
  return { seconds, rss: Number(text.split('\n')[1]) };
}

async function dropDay(dir: string, marks: Marks): Promise<Record<string, number>> {
  const store = await openBoxes({ dir });
  // The first day is what goes: reads are of the others.
  const kept = new Marks(marks.size);
  for (let i = Math.ceil(marks.size / DAYS); i < marks.size; i++) kept.add(marks.at(i));
  const start = performance.now();
  const during = await longest(store, kept, store.expire(FIRST_DAY));
  const ms = performance.now() - start;
  const quiet = await longest(store, kept, new Promise((done) => setTimeout(done, ms)));
  await store.close();
  return { sqlite_drop_stall_ms: during, sqlite_drop_ms: ms, sqlite_usual_stall_ms: quiet };
}

/** The longest PUT or GET until `end` is there. */
async function longest(store: BoxStore, marks: Marks, end: Promise<void>): Promise<number> {
  let ended = false;
  end.then(
    () => {
      ended = true;
    },
    () => {
      ended = true;
    },
  );
  let most = 0;
  const caller = async (_: unknown, i: number): Promise<void> => {
    while (!ended) {
      const box = randomBox(FIRST_DAY + DAYS);
      const start = performance.now();
      if (i % 2 === 0) await store.put(box);
      else await store.get([marks.some(), marks.some(), marks.some()]);
      most = Math.max(most, performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: 32 }, caller));
  await end;
  return most;
}
