/** Chunks of a long run count together only when they belong together. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addChunks, type Chunk, checkChunks, sourcesOf } from '../../fuzz/chunks.ts';
import type { RoleFigures } from '../../fuzz/report.ts';

const SOURCE = '0123456789ab cdef01234567';

function figures(seed: string, change: Partial<RoleFigures> = {}): RoleFigures {
  return {
    seeds: [seed],
    inputs: 10,
    reasons: { shed: 3 },
    kinds: { index: 10 },
    repliesToBad: 0,
    slowestMs: 2,
    slowest: 'index',
    growthMb: 1,
    heapMb: 20,
    seconds: 4,
    cpuSeconds: 3,
    crashes: [],
    ...change,
  };
}

const chunk = (roles: Chunk['roles'], source = SOURCE): Chunk => ({ source, roles });

test('chunks: counts are summed, the worst is kept of what is no sum', () => {
  const worse = figures('2', {
    reasons: { shed: 1, other: 5 },
    slowestMs: 9,
    slowest: 'epoch',
    growthMb: -2,
    crashes: ['delivery 4'],
  });
  const all = addChunks([chunk({ mix: figures('1') }), chunk({ mix: worse, edge: figures('1') })]);
  assert.deepEqual(all['edge'], figures('1'));
  assert.deepEqual(all['mix'], {
    seeds: ['1', '2'],
    inputs: 20,
    reasons: { other: 5, shed: 4 },
    kinds: { index: 20 },
    repliesToBad: 0,
    slowestMs: 9,
    slowest: 'epoch',
    growthMb: 1,
    heapMb: 20,
    seconds: 8,
    cpuSeconds: 6,
    crashes: ['delivery 4'],
  });
});

test('chunks: the same seed of the same role is refused', () => {
  const one = chunk({ mix: figures('1') });
  assert.throws(() => addChunks([one, one]), /mix: seed 1 twice/);
  checkChunks([one, chunk({ edge: figures('1') })]);
});

test('chunks: other sources, or sources that no commit holds, are refused', () => {
  const one = chunk({ mix: figures('1') });
  for (const source of ['0123456789ab cdef01234568', `${SOURCE}+`, `${SOURCE}, unknown`]) {
    const two = chunk({ mix: figures('2') }, source);
    assert.throws(() => checkChunks([one, two]), /must have tested the same committed sources/);
    checkChunks([two]);
  }
  const loose = (seed: string): Chunk => chunk({ mix: figures(seed) }, `${SOURCE}+`);
  assert.throws(
    () => checkChunks([loose('1'), loose('2')]),
    /must have tested the same committed sources/,
  );
});

test('chunks: of two versions of the program, both are named', () => {
  const one = chunk({ mix: figures('1') });
  const two = chunk({ mix: figures('2') }, 'fedcba987654 cdef01234567');
  checkChunks([one, two]);
  assert.equal(sourcesOf([one, two, one]), `${SOURCE}, fedcba987654 cdef01234567`);
});
