import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat, randomBytes, randomInt } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import { closeUnit, downUnit, UnitReader } from '../../src/link-ws/units.ts';

const rng = seededRng('units');
const frames = Array.from({ length: 9 }, () => randomBytes(rng, 12_288));

function masked(frame: Uint8Array, mask: Uint8Array): Uint8Array {
  return concat(
    Uint8Array.of(0x82, 0xfe, 0x30, 0),
    mask,
    frame.map((byte, i) => byte ^ (mask[i & 3] ?? 0)),
  );
}

function readAll(stream: Uint8Array, size: () => number) {
  const reader = new UnitReader();
  const got: Uint8Array[] = [];
  for (let at = 0; at < stream.length; ) {
    const n = size();
    const reading = reader.take(stream.slice(at, at + n), (frame) => got.push(frame) > 0);
    if (reading !== 'open') return { reading, got };
    at += n;
  }
  return { reading: 'open', got };
}

test('frames come whole, in order, masked or not, in pieces of any size', () => {
  const units = frames.map((frame, i) =>
    masked(frame, i % 2 === 0 ? new Uint8Array(4) : randomBytes(rng, 4)),
  );
  const stream = concat(...units);
  const sizes = [() => 1, () => 5, () => 12_296, () => 16_384, () => stream.length];
  for (const size of [...sizes, () => 1 + randomInt(rng, 30_000)]) {
    const { reading, got } = readAll(stream, size);
    assert.equal(reading, 'open');
    assert.deepEqual(got, frames);
  }
});

test('whatever is no unit is known by its first four bytes', () => {
  const good = masked(frames[0] ?? new Uint8Array(0), new Uint8Array(4));
  for (const [at, value, wanted] of [
    [0, 0x81, 'form'],
    [0, 0x02, 'form'],
    [0, 0x80, 'form'],
    [0, 0x89, 'form'],
    [0, 0x8a, 'form'],
    [0, 0xc2, 'form'],
    [0, 0x88, 'closed'],
    [1, 0x7e, 'form'],
    [1, 0xff, 'form'],
    [1, 0x85, 'form'],
    [2, 0x31, 'form'],
    [3, 0x01, 'form'],
  ] as const) {
    const bent = good.slice();
    bent[at] = value;
    for (const size of [1, 3, 20_000]) {
      const { reading, got } = readAll(concat(good, bent), () => size);
      assert.equal(reading, wanted, `${at} ${value} ${size}`);
      assert.equal(got.length, 1);
    }
  }
});

test('a reader that is told to stop gives no further frame', () => {
  const unit = masked(frames[0] ?? new Uint8Array(0), new Uint8Array(4));
  let got = 0;
  const reading = new UnitReader().take(concat(unit, unit, unit), () => {
    got += 1;
    return false;
  });
  assert.deepEqual([reading, got], ['open', 1]);
});

test('what goes down is one binary message, and a close with its code', () => {
  const unit = downUnit(frames[0] ?? new Uint8Array(0));
  assert.deepEqual([...unit.subarray(0, 4)], [0x82, 0x7e, 0x30, 0]);
  assert.deepEqual(Uint8Array.from(unit.subarray(4)), frames[0]);
  assert.deepEqual([...closeUnit(1_008)], [0x88, 2, 3, 240]);
});
