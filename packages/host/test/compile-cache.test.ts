/** Compiled code is run, so it is kept where nobody else can write. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const MODULE = fileURLToPath(new URL('../compile-cache.mjs', import.meta.url));
const PROGRAM = `process.stdout.write((await import(${JSON.stringify(MODULE)})).keepCompiled())`;

function keptIn(env: Record<string, string>): string {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', PROGRAM],
    { encoding: 'utf8', env },
  );
  assert.equal(stderr, '');
  return stdout;
}

test('compiled code is kept in a folder of the user alone, or not at all', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'tacet-cache-'));
  t.after(() => rmSync(dir, { recursive: true }));
  assert.equal(keptIn({ XDG_CACHE_HOME: dir }), join(dir, 'tacet'));
  assert.equal(statSync(join(dir, 'tacet')).mode & 0o777, 0o700);

  const shared = join(dir, 'shared');
  mkdirSync(shared);
  chmodSync(shared, 0o777);
  assert.equal(keptIn({ CACHE_DIRECTORY: shared }), '', 'others may write there');
  symlinkSync(join(dir, 'tacet'), join(dir, 'link'));
  assert.equal(keptIn({ CACHE_DIRECTORY: join(dir, 'link') }), '', 'that leads elsewhere');
});
