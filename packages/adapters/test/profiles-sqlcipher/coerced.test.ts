/** Coercion when the disk is full. */
import assert from 'node:assert/strict';
import fs, { cpSync, fstatSync, mkdtempSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isAppError } from '@tacet/base';
import { openProfile } from '../../src/profiles-sqlcipher/index.ts';
import { makeCoerced, said, withKeys } from './coerced-scene.ts';

const root = mkdtempSync(join(tmpdir(), 'tacet-coerced-'));
after(() => rmSync(root, { recursive: true, force: true }));
const dir = join(root, 'vault');
await makeCoerced(withKeys(dir));
let counter = 0;
const copy = (): string => {
  const to = join(root, `copy${counter++}`);
  cpSync(dir, to, { recursive: true, preserveTimestamps: true });
  return to;
};

/** A disk without room takes what lies within a file that is there, and nothing else. */
function fillDisk(): () => void {
  const real = fs.writeSync;
  const full = (fd: number, bytes: Uint8Array, ...rest: unknown[]): number => {
    const [offset = 0, length = bytes.length, position = 0] = rest as number[];
    if (position + length <= fstatSync(fd).size) {
      return real(fd, bytes, offset, length, position);
    }
    throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
  };
  fs.writeSync = full as typeof fs.writeSync;
  syncBuiltinESMExports();
  return () => {
    fs.writeSync = real;
    syncBuiltinESMExports();
  };
}

test('on a full disk it leaves only the decoy', async () => {
  const at = copy();
  const empty = fillDisk();
  try {
    assert.equal(await said(at, 'coerced'), 'decoy');
    const profile = await openProfile(withKeys(at)('decoy'));
    await assert.rejects(
      profile.changeSecret(withKeys(at)('decoy'), withKeys(at)('other')),
      (error) => isAppError(error, 'disk-full'),
      'the control: the disk is full',
    );
    profile.close();
  } finally {
    empty();
  }
  assert.equal(await said(at, 'right'), 'passphrase-wrong');
  assert.equal(await said(at, 'decoy'), 'decoy');
});
