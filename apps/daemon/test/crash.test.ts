/** What a daemon says when it falls over a fault of its own: where, and never what it held. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ENTRY = fileURLToPath(new URL('../bin/tacet-daemon.mjs', import.meta.url));
const SECRET = 'correct horse battery staple';
/** Thrown out of a timer, as a bug would be; its text, its cause and a property hold a secret. */
const PLANTED = `data:text/javascript,setTimeout(() => {
  const error = new Error('with ${SECRET}', { cause: new Error('${SECRET}') });
  throw Object.assign(error, { passphrase: '${SECRET}' });
}, 10);`;

function crash(...args: string[]): Promise<{ readonly code: unknown; readonly said: string }> {
  const argv = ['--import', PLANTED.replaceAll('\n', ''), ...args];
  return new Promise((done) => {
    execFile(process.execPath, argv, { timeout: 30_000 }, (error, out, err) => {
      done({ code: error?.code ?? 0, said: out + err });
    });
  });
}

test('crash output tells no secret: not the text of an error, its cause or what hangs on it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'tacet-crash-'));
  try {
    const { code, said } = await crash(ENTRY, '--dir', dir, '--no-window');
    assert.equal(code, 1, said);
    assert.match(said, /internal/);
    assert.doesNotMatch(said, /horse/);
    const bare = await crash('-e', 'setTimeout(() => {}, 2_000)');
    assert.match(bare.said, /horse/, 'without our handler it is told');
  } finally {
    rmSync(dir, { recursive: true });
  }
});
