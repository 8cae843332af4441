/**
 * What a backup costs a daemon that runs (docs/spec/20-recovery.md, 3 to 6): a profile of texts, its first
 * backup, one in which nothing changed, one after a text, and a test with the phrase. Seconds are of a
 * core; the first and the test have Argon2id in them. `longest_turn_ms` is the longest time for which the
 * three backups kept the event loop, which slots share; `idle_longest_turn_ms` the same of five seconds
 * without any: what the machine does by itself.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { ResultOf } from '@tacet/api';
import { startDaemon } from '@tacet/host/daemon';
import { slots } from './backup/slots.ts';
import type { BenchArguments, Figures } from './list.ts';

const TEXTS = 2_000;
const TEXT = 'abcd efg '.repeat(1_750);

/** Without a name both parts. Throws RangeError. */
export async function run({ part }: BenchArguments, say: (line: string) => void): Promise<Figures> {
  if (part !== undefined && part !== 'cost' && part !== 'slots') {
    throw new RangeError(`no part ${part}; there are cost,slots`);
  }
  return {
    ...(part === 'slots' ? {} : await costs(say)),
    ...(part === 'cost' ? {} : await slots(TEXTS, TEXT, say)),
  };
}

async function costs(say: (line: string) => void): Promise<Figures> {
  const root = mkdtempSync(join(tmpdir(), 'tacet-bench-backup-'));
  const dir = join(root, 'profile');
  const write = (line: string) => void process.stderr.write(line);
  const daemon = await startDaemon({ dir, version: 'bench', page: null, write, onStop: () => {} });
  const call = (method: string, params: object = {}) =>
    daemon.core.call(method, params, { kind: 'inside' });
  try {
    await call('profile.create', { name: 'Bench', passphrase: 'bench' });
    const { id } = (await call('note.open')) as ResultOf<'note.open'>;
    const text = (n: number) =>
      call('message.send', { contactId: id, text: `${n} ${TEXT}`, clientId: String(n) });
    for (let n = 0; n < TEXTS; n++) await text(n);
    const { phrase } = (await call('backup.phrase')) as ResultOf<'backup.phrase'>;
    const backup = () => call('backup.create') as Promise<ResultOf<'backup.create'>>;

    const idle = monitorEventLoopDelay({ resolution: 1 });
    idle.enable();
    await pause(5_000);
    idle.disable();
    const turns = monitorEventLoopDelay({ resolution: 1 });
    turns.enable();
    const first = await cost(async () => {
      await call('backup.set', { phrase, folder: join(root, 'folder') });
      return await backup();
    });
    const same = await cost(backup);
    turns.disable();
    await text(TEXTS);
    turns.enable();
    const one = await cost(backup);
    turns.disable();
    const test = await cost(() => call('backup.test', { phrase }));
    const mb = (first.result.last?.bytes ?? 0) / 1e6;
    say(`a profile of ${mb.toFixed(0)} MB in ${first.result.pieces} pieces`);
    return {
      mb: Math.round(mb),
      pieces: first.result.pieces,
      first_cpu_s: first.seconds,
      same_cpu_s: same.seconds,
      same_written: same.result.written,
      one_text_cpu_s: one.seconds,
      one_text_written: one.result.written,
      test_cpu_s: test.seconds,
      longest_turn_ms: Math.round(turns.max / 1e5) / 10,
      idle_longest_turn_ms: Math.round(idle.max / 1e5) / 10,
    };
  } finally {
    await daemon.stop();
    rmSync(root, { recursive: true, force: true });
  }
}

async function cost<T>(work: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const from = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(from);
  return { result, seconds: Math.round((user + system) / 1e4) / 100 };
}
