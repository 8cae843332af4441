/** What a daemon reads before it takes calls: nothing that most days of most people do without. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';

/** Prints the address of each module that is loaded after it. */
const HOOK = `
import { writeSync } from 'node:fs';
import { registerHooks } from 'node:module';
registerHooks({
  load(url, context, next) {
    writeSync(1, url + '\\n');
    return next(url, context);
  },
});`;

const LATE = [
  '/session-libsignal/',
  '/salvage/',
  '/restore.ts',
  '/recovery/salvaged.ts',
  '/backup/recover.ts',
  '/backup-folder/',
  '/recovery-phrase/',
  '/bip39/',
  '/client/src/voice/note.ts',
];

test('what a start does without is loaded when it is asked for', async () => {
  const args = [
    ...['--import', `data:text/javascript,${encodeURIComponent(HOOK)}`],
    ...['--input-type=module', '--eval', `await import('@tacet/host/daemon')`],
  ];
  const here = { cwd: import.meta.dirname };
  const { stdout } = await promisify(execFile)(process.execPath, args, here);
  const loaded = stdout.split('\n');
  for (const name of ['/client/src/client.ts', '/profiles-sqlcipher/profile.ts', '/service.ts']) {
    assert.ok(
      loaded.some((url) => url.endsWith(name)),
      `control: ${name}`,
    );
  }
  for (const name of LATE) {
    assert.deepEqual(
      loaded.filter((url) => url.includes(name)),
      [],
    );
  }
});
