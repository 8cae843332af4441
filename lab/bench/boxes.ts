/**
 * The SQLite box store: PUT and GET as an edge sees them (`put_per_s`, `get_warm_per_s`: through
 * the worker, 512 callers in flight), the time from process start to the first record
 * (`restart_s`), its memory there, and the size of the files.
 */
import { spawn } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openBoxes } from '@tacet/adapters/boxes-sqlite';
import type { StoredBox } from '@tacet/relay';
import type { BoxId, BoxRecord, Mark } from '@tacet/wire';

export interface BoxesBenchOptions {
  /** Boxes written, over `days` expiry days; the goal is a million. */
  readonly boxes?: number;
  readonly days?: number;
}

const IN_FLIGHT = 512;
const FIRST_DAY = 20_000;

export async function run(options: BoxesBenchOptions = {}): Promise<Record<string, number>> {
  const boxes = options.boxes ?? 60_000;
  const days = options.days ?? 3;
  const dir = mkdtempSync(join(tmpdir(), 'tacet-bench-boxes-'));
  try {
    const marks: Mark[] = [];
    const store = await openBoxes({ dir });
    const put_per_s = await rate(boxes, async (i) => {
      // Day by day, as time fills them.
      const box = randomBox(FIRST_DAY + Math.floor((i * days) / boxes));
      marks.push(box.mark);
      await store.put(box);
    });
    const gets = Math.min(boxes, 30_000);
    const get_warm_per_s = await rate(gets, async () => {
      await store.get([marks[Math.floor(Math.random() * marks.length)] as Mark]);
    });
    const absent_per_s = await rate(gets, async () => {
      await store.get([randomFillSync(new Uint8Array(8)) as Mark]);
    });
    await store.close();
    const bytes = readdirSync(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);
    const { seconds, rss } = await restart(dir, marks[0] as Mark);
    return {
      put_per_s,
      get_warm_per_s,
      get_absent_per_s: absent_per_s,
      restart_s: seconds,
      rss_mb: rss,
      bytes_per_box: bytes / boxes,
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function rate(count: number, work: (i: number) => Promise<void>): Promise<number> {
  let next = 0;
  const start = performance.now();
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return (count * 1_000) / (performance.now() - start);
}

function randomBox(expiryDay: number): StoredBox {
  const record = randomFillSync(new Uint8Array(2_400)) as BoxRecord;
  return {
    record,
    mark: record.slice(100, 108) as Mark,
    id: record.slice(0, 32) as BoxId,
    expiryDay,
  };
}

/** From spawning a process to its first record, and its memory then. */
async function restart(dir: string, mark: Mark): Promise<{ seconds: number; rss: number }> {
  const start = performance.now();
  const main = fileURLToPath(import.meta.url);
  const child = spawn(process.execPath, [main, dir, Buffer.from(mark).toString('hex')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let seconds = 0;
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (seconds === 0) seconds = (performance.now() - start) / 1_000;
  }
  return { seconds, rss: Number(text) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [dir, mark] = process.argv.slice(2);
  if (dir === undefined || mark === undefined || !/^[0-9a-f]{16}$/.test(mark)) {
    const count = dir === undefined ? {} : { boxes: Number(dir), days: 21 };
    process.stdout.write(`${JSON.stringify(await run(count))}\n`);
  } else {
    const store = await openBoxes({ dir });
    const [record] = await store.get([Buffer.from(mark, 'hex') as Uint8Array as Mark]);
    if (!record) throw new Error('the first box is not there');
    process.stdout.write(`${process.memoryUsage().rss / 1e6}\n`);
    await store.close();
  }
}
