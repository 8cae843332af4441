import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CELL_BYTES, openFileCells } from '@tacet/adapters/profiles-sqlcipher';
import { isAppError } from '@tacet/base';
import { BLOCK_BYTES } from '@tacet/client';
import { testFileCells } from '@tacet/client/acceptance/file-cells';
import { systemRng } from '@tacet/crypto';

const dir = mkdtempSync(join(tmpdir(), 'tacet-cells-'));
after(() => rmSync(dir, { recursive: true, force: true }));
let made = 0;
const fresh = (): string => join(dir, `${made++}.cells`);
const place = { key: new Uint8Array(32).fill(1), file: 1, block: 0 };
const bytes = new Uint8Array(BLOCK_BYTES).fill(0x41);

testFileCells('cells in a file', () => openFileCells(fresh(), systemRng));

test('a cell outlives its process; the file is private and a whole number of cells', async () => {
  const path = fresh();
  const first = await openFileCells(path, systemRng);
  await first.write(3, place, bytes);
  await first.close();
  const second = await openFileCells(path, systemRng);
  assert.deepEqual(await second.read(3, place), bytes);
  await second.close();
  assert.equal(statSync(path).size, 4 * CELL_BYTES);
  if (process.platform !== 'win32') assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('cut off while it grew: the torn cell is unreadable, and made anew by the next', async () => {
  const path = fresh();
  const first = await openFileCells(path, systemRng);
  await first.write(0, place, bytes);
  await first.write(1, place, bytes);
  await first.close();
  truncateSync(path, 2 * CELL_BYTES - 1_000);
  const second = await openFileCells(path, systemRng);
  await assert.rejects(second.read(1, place), (error) => isAppError(error, 'cell-unreadable'));
  await second.write(2, place, bytes);
  assert.deepEqual(await second.read(0, place), bytes);
  assert.deepEqual(await second.read(2, place), bytes);
  await second.close();
  assert.equal(statSync(path).size, 3 * CELL_BYTES);
});

test('one changed bit anywhere in what is sealed is noticed', async () => {
  const path = fresh();
  const cells = await openFileCells(path, systemRng);
  await cells.write(0, place, bytes);
  const whole = readFileSync(path);
  for (const at of [0, 23, 24, 70_000, 24 + BLOCK_BYTES + 15]) {
    const changed = Uint8Array.from(whole);
    changed[at] = (changed[at] ?? 0) ^ 0x10;
    writeFileSync(path, changed);
    await assert.rejects(
      cells.read(0, place),
      (error) => isAppError(error, 'cell-unreadable'),
      `byte ${at}`,
    );
  }
  await cells.close();
});

test('used, unused and erased cells are alike: every byte value about as often', async () => {
  const path = fresh();
  const cells = await openFileCells(path, systemRng);
  await cells.write(2, place, bytes);
  await cells.write(1, place, bytes);
  await cells.erase([1]);
  await cells.close();
  const whole = readFileSync(path);
  for (const n of [0, 1, 2]) {
    const counts = new Float64Array(256);
    for (const byte of whole.subarray(n * CELL_BYTES, (n + 1) * CELL_BYTES)) {
      counts[byte] = (counts[byte] ?? 0) + 1;
    }
    const expected = CELL_BYTES / 256;
    const chi2 = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 255 degrees of freedom: above 400 once in 10^8.
    assert.ok(chi2 < 400, `cell ${n}: ${chi2}`);
  }
  assert.ok(!whole.includes(bytes.subarray(0, 16)), 'nothing of it in clear');
});
