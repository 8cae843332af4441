/** The rows of both kill tests: a folder with a backup, a process that dies while it makes the next, and what must hold. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { watchDisk } from '../disk-steps.ts';
import { AFTER, BEFORE, FIRST, SECOND } from './kill-scene.ts';
import { look, read, write } from './support.ts';

const PROGRAM = fileURLToPath(new URL('./killed.ts', import.meta.url));

export async function killScene() {
  const root = mkdtempSync(join(tmpdir(), 'tacet-killed-'));
  const base = join(root, 'base');
  await BEFORE(base);
  const whole = join(root, 'whole');
  cpSync(base, whole, { recursive: true });
  const disk = watchDisk(-1, 'killed');
  await AFTER(whole).finally(() => disk.undo());
  const steps = disk.count();
  return {
    steps,
    end: () => rmSync(root, { recursive: true, force: true }),
    /** True when the new backup stood. */
    async die(at: number, fate: 'killed' | 'torn'): Promise<boolean> {
      const dir = join(root, `${fate}-${at}`);
      cpSync(base, dir, { recursive: true });
      const { signal } = await run(dir, at, fate);
      assert.equal(signal, 'SIGKILL');
      const found = await read(dir);
      const isNew = found.equals(SECOND);
      assert.ok(isNew || found.equals(FIRST), 'one of both is whole');
      // The next one makes good what was left, and leaves nothing of it.
      const next = await write(dir, SECOND, { lastNumber: isNew ? 2 : 1 });
      assert.deepEqual(await read(dir), Buffer.from(SECOND));
      assert.equal(look(dir).size, next.folder + 1);
      rmSync(dir, { recursive: true });
      return isNew;
    },
  };
}

function run(dir: string, at: number, fate: string) {
  return new Promise<{ readonly signal: string | null }>((resolve) => {
    execFile(process.execPath, [PROGRAM, dir, String(at), fate], (error) => {
      resolve({ signal: error?.signal ?? null });
    });
  });
}
