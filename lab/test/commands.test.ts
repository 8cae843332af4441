/** Wrong arguments of the lab and of the benches: one sentence, help, exit status 2, no output. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const WRONG: readonly (readonly [string, readonly string[]])[] = [
  ['../src/main.ts', ['day', '--nosuch']],
  ['../src/main.ts', ['day', '--seed', 'x']],
  ['../src/main.ts', ['nosuch']],
  ['../bench/main.ts', ['onion', '--nosuch']],
  ['../bench/main.ts', ['nosuch', '--json']],
];

for (const [file, args] of WRONG) {
  test(`${file} ${args.join(' ')} is a mistake of usage`, () => {
    const path = fileURLToPath(new URL(file, import.meta.url));
    const done = spawnSync(process.execPath, [path, ...args], { encoding: 'utf8' });
    assert.equal(done.status, 2, done.stderr);
    assert.equal(done.stdout, '');
    assert.doesNotMatch(done.stderr, /^ +at |node:internal/m);
  });
}
