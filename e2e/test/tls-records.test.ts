import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TlsRecords } from '../rhythm/tls-records.ts';

function record(type: number, length: number): Uint8Array {
  const bytes = new Uint8Array(5 + length);
  bytes.set([type, 3, 3, length >> 8, length & 0xff]);
  return bytes;
}

const stream = Buffer.concat([record(22, 1), record(23, 12_313), record(21, 0), record(23, 700)]);

test('records are found whatever the pieces of the stream', () => {
  for (const size of [1, 4, 5, 6, 1_000, stream.length]) {
    const cut = new TlsRecords();
    const found = [];
    for (let at = 0; at < stream.length; at += size) {
      found.push(...cut.push(stream.subarray(at, at + size), at));
    }
    assert.deepEqual(
      found.map(({ type, bytes }) => [type, bytes]),
      [
        [22, 6],
        [23, 12_318],
        [21, 5],
        [23, 705],
      ],
      `pieces of ${size}`,
    );
  }
});

test('a record has the instant of its first byte', () => {
  const cut = new TlsRecords();
  assert.deepEqual(cut.push(stream.subarray(0, 8), 10), [{ type: 22, bytes: 6, at: 10 }]);
  assert.deepEqual(cut.push(stream.subarray(8, 6_000), 20), []);
  const [first, second] = cut.push(stream.subarray(6_000), 30);
  assert.equal(first?.at, 10);
  assert.equal(second?.at, 30);
});
