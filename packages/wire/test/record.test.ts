import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomBytes } from '@tacet/base';
import { edKeyPair, hash, systemRng } from '@tacet/crypto';
import type { NetworkId } from '@tacet/directory';
import {
  BOX_PLAINTEXT,
  BOX_RECORD,
  type BoxId,
  markOf,
  openRecord,
  sealRecord,
  signTombstone,
  verifyRecord,
  verifyTombstone,
} from '@tacet/wire';
import { boxMessage, verifyBox } from '../src/record.ts';

const bytes = (n: number): Uint8Array => randomBytes(systemRng, n);
const networkId = bytes(32) as NetworkId;
const box = { seed: bytes(32), key: bytes(32) };
const id = edKeyPair(box.seed).publicKey as BoxId;
const plaintext = bytes(BOX_PLAINTEXT);
const record = sealRecord(box, networkId, plaintext);

test('a record is 2,400 bytes and opens to what was sealed', () => {
  assert.equal(record.length, BOX_RECORD);
  assert.deepEqual(openRecord({ id, key: box.key }, networkId, record), plaintext);
});

test('the same plaintext in the same box gives the same record, another gives another nonce', () => {
  assert.deepEqual(sealRecord(box, networkId, plaintext), record);
  const other = sealRecord(box, networkId, bytes(BOX_PLAINTEXT));
  assert.notDeepEqual(other.subarray(96, 120), record.subarray(96, 120));
});

test('an edge learns id and mark, nothing else, and only from a valid record', () => {
  assert.deepEqual(verifyRecord(record, networkId), { id, mark: markOf(id) });
  const longer = new Uint8Array(BOX_RECORD + 64);
  longer.set(record);
  for (let n = 0; n <= longer.length; n++) {
    if (n === BOX_RECORD) continue;
    assert.equal(verifyRecord(longer.subarray(0, n), networkId), null, `${n} bytes`);
    assert.equal(openRecord({ id, key: box.key }, networkId, longer.subarray(0, n)), null);
  }
});

test('rule 2.4: every bit of a record is covered by its signature', () => {
  for (let bit = 0; bit < record.length * 8; bit++) {
    const flipped = record.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    assert.equal(verifyRecord(flipped, networkId), null, `bit ${bit}`);
    // The same check is in it; this one looks whether it is still asked.
    if (bit % 61 !== 0) continue;
    assert.equal(openRecord({ id, key: box.key }, networkId, flipped), null, `bit ${bit}`);
  }
});

test('a record of another network, box or key does not open', () => {
  const other = bytes(32) as NetworkId;
  assert.equal(verifyRecord(record, other), null);
  assert.equal(openRecord({ id, key: box.key }, other, record), null);
  assert.equal(openRecord({ id: bytes(32) as BoxId, key: box.key }, networkId, record), null);
  assert.equal(openRecord({ id, key: bytes(32) }, networkId, record), null);
  assert.equal(openRecord({ id, key: box.key }, networkId, bytes(BOX_RECORD)), null);
});

test('mixnet case (31): a box is not overwritten or erased with a forged signature', () => {
  const forger = sealRecord({ seed: bytes(32), key: box.key }, networkId, plaintext);
  const forged = forger.slice();
  forged.set(id);
  assert.equal(verifyRecord(forged, networkId), null);
  const tombstone = signTombstone(box.seed, networkId);
  assert.ok(verifyTombstone(id, tombstone, networkId));
  assert.ok(!verifyTombstone(id, signTombstone(bytes(32), networkId), networkId));
  assert.ok(!verifyTombstone(id, tombstone, bytes(32) as NetworkId));
  assert.ok(!verifyTombstone(id, record.subarray(32, 96), networkId), 'a put is no tombstone');
  const put = record.slice();
  put.set(tombstone, 32);
  assert.equal(verifyRecord(put, networkId), null, 'a tombstone is no put');
});

test('a tombstone is 64 bytes, and every bit of it counts', () => {
  const tombstone = signTombstone(box.seed, networkId);
  for (let n = 0; n < 130; n++) {
    const other = new Uint8Array(n);
    other.set(tombstone.subarray(0, n));
    assert.equal(verifyTombstone(id, other, networkId), n === 64, `${n} bytes`);
  }
  for (let bit = 0; bit < 512; bit++) {
    const flipped = tombstone.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    assert.ok(!verifyTombstone(id, flipped, networkId), `bit ${bit}`);
  }
  for (let run = 0; run < 20; run++) assert.ok(!verifyTombstone(id, bytes(64), networkId));
});

test('a plaintext of another length is refused', () => {
  assert.throws(() => sealRecord(box, networkId, bytes(BOX_PLAINTEXT - 1)), {
    code: 'wire-range',
  });
});

test('what a check makes of a box is overwritten, whatever it says', () => {
  const content = hash('box-content', record.subarray(96));
  for (const isSigned of [true, false]) {
    const message = boxMessage('box-put', networkId, id, content);
    const signature = isSigned ? record.subarray(32, 96) : bytes(64);
    assert.equal(verifyBox(id, signature, message), isSigned);
    assert.ok(message.every((byte) => byte === 0));
  }
});
