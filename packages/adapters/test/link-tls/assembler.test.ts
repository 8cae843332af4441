import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FrameAssembler } from '../../src/link-tls/assembler.ts';

const RUNS = { numRuns: Number(process.env.FC_RUNS ?? 100) };

test('however a stream is cut, the frames are the same', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 64 }),
      fc.uint8Array({ maxLength: 1_000 }),
      fc.array(fc.integer({ min: 0, max: 200 })),
      (length, stream, cuts) => {
        const frames: Uint8Array[] = [];
        const assembler = new FrameAssembler(length, (frame) => frames.push(frame.slice()));
        let at = 0;
        for (const cut of cuts) {
          assembler.take(stream.subarray(at, at + cut));
          at = Math.min(stream.length, at + cut);
        }
        assembler.take(stream.subarray(at));
        assert.equal(frames.length, Math.floor(stream.length / length));
        for (const [i, frame] of frames.entries()) {
          assert.deepEqual(frame, stream.slice(i * length, (i + 1) * length));
        }
      },
    ),
    RUNS,
  );
});
