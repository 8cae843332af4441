/** Cells against the vectors of a slow second implementation (docs/spec/19-files.md, 5). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fromHex, hex } from '@tacet/base';
import { BLOCK_BYTES } from '@tacet/client';
import { hash, streamInto } from '@tacet/crypto';
import { CELL_BYTES, openCell, sealCell } from '../../src/profiles-sqlcipher/cell-form.ts';

interface Vector {
  readonly row: number;
  readonly block: number;
  readonly length: number;
  readonly key: string;
  readonly bytes: string;
  readonly random: string;
  readonly hash: string;
}

const url = new URL('../../../../vectors/files/files.json', import.meta.url);
const { cells } = JSON.parse(readFileSync(url, 'utf8')) as { cells: readonly Vector[] };

function stream(seed: string, length: number): Uint8Array {
  const out = new Uint8Array(length);
  streamInto(out, fromHex(seed));
  return out;
}

test('vectors of files: cells are sealed as they were, and open nowhere else', () => {
  assert.ok(cells.length > 0);
  for (const { row, block, length, key, bytes, random, hash: hashed } of cells) {
    const place = { key: fromHex(key), file: row, block };
    const inside = new Uint8Array(BLOCK_BYTES);
    inside.set(stream(bytes, length));
    const drawn = stream(random, CELL_BYTES);
    const cell = sealCell(place, inside, {
      fill: (out) => {
        out.set(drawn.subarray(0, out.length));
        return out;
      },
    });
    assert.equal(hex(hash('file-tree', cell)), hashed);
    assert.deepEqual(openCell(place, cell), inside);
    const others = [
      { ...place, file: row + 1 },
      { ...place, block: block + 1 },
      { ...place, key: new Uint8Array(32) },
    ];
    for (const other of others) assert.equal(openCell(other, cell), null);
    assert.equal(openCell(place, cell.subarray(1)), null);
  }
});
