/** Files that are being brought in: how many at a time, and what becomes of those that are left behind. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import { FileTable } from '../../src/files/table.ts';
import { Uploads } from '../../src/files/uploads.ts';
import { MAX_UPLOADS, UPLOAD_IDLE } from '../../src/limits.ts';
import { migratedStore } from '../migrated-store.ts';

const many = (error: unknown) => isAppError(error, 'uploads-many');
const gone = (error: unknown) => isAppError(error, 'upload-unknown');

test('programs that died while they brought files in keep nobody from sending', () => {
  const store = migratedStore();
  const rng = seededRng('uploads left behind');
  const uploads = new Uploads(store, new FileTable(store), rng, () => Infinity);
  const begun = Array.from({ length: MAX_UPLOADS }, (_, n) => uploads.begin(1_000, n));
  const [first = 0, second = 0, third = 0] = begun;
  assert.throws(() => uploads.begin(1_000, UPLOAD_IDLE - 1), many);
  // The first goes on: it is left by nobody.
  uploads.put(first, 0, new Uint8Array(10), UPLOAD_IDLE);
  const more = uploads.begin(1_000, UPLOAD_IDLE + 1);
  assert.throws(() => uploads.sizeOf(second), gone);
  assert.throws(() => uploads.begin(1_000, UPLOAD_IDLE + 1), many, 'one for one');
  for (const kept of [first, third, more]) assert.equal(uploads.sizeOf(kept), 1_000);
  assert.equal(store.get('SELECT count(*) AS n FROM files')?.['n'], MAX_UPLOADS);
});
