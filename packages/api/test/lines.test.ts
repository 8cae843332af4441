import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError, utf8 } from '@tacet/base';
import fc from 'fast-check';
import { LineSplitter, MAX_MESSAGE_BYTES } from '../src/index.ts';

const runs = { numRuns: Number(process.env['FC_RUNS'] ?? 100) };

test('lines come out whole however the stream is cut', () => {
  const line = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .map((s) => `x${s.replace(/\s/g, '_')}x`);
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.integer({ min: 1, max: 9 })), (lines, cuts) => {
      const bytes = utf8(lines.map((text) => `${text}\n`).join(''));
      const splitter = new LineSplitter();
      const out: string[] = [];
      let at = 0;
      for (const cut of [...cuts, bytes.length]) {
        out.push(...splitter.push(bytes.subarray(at, at + cut)));
        at += cut;
      }
      assert.deepEqual(out, lines);
    }),
    runs,
  );
});

test('empty lines are skipped and line ends of both kinds accepted', () => {
  assert.deepEqual(new LineSplitter().push(utf8('\n\r\n{}\r\n\n')), ['{}']);
});

test('a line longer than the cap is refused before it is complete', () => {
  const splitter = new LineSplitter();
  splitter.push(new Uint8Array(MAX_MESSAGE_BYTES).fill(0x20));
  assert.throws(
    () => splitter.push(utf8('x')),
    (error) => isAppError(error, 'request-malformed'),
  );
});

test('a line of exactly the cap passes', () => {
  const splitter = new LineSplitter();
  splitter.push(new Uint8Array(MAX_MESSAGE_BYTES).fill(0x61));
  assert.equal(splitter.push(utf8('\n'))[0]?.length, MAX_MESSAGE_BYTES);
});

test('bytes that are not UTF-8 are refused', () => {
  assert.throws(
    () => new LineSplitter().push(Uint8Array.of(0xff, 0x0a)),
    (error) => isAppError(error, 'request-malformed'),
  );
});
