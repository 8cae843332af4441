/** The estimate of the crowd: the rate it rests on, what it takes for a box, when it says nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, keyOf, MINUTE, type Millis, SECOND } from '@tacet/base';
import { defaultParameters, type VerifiedDocument } from '@tacet/directory';
import { seededRng } from '@tacet/testkit';
import { type BoxAnswer, type BoxId, type Digest, type Mark, markOf } from '@tacet/wire';
import { Cover } from '../../src/boxes/cover.ts';
import { Crowd, coverRate } from '../../src/levels/crowd.ts';
import { CrowdCount } from '../../src/levels/crowd-count.ts';
import { MAX_CROWD_MARKS } from '../../src/limits.ts';
import { A, B, fakeNetwork } from '../fake-network.ts';

const START: Millis = 20_000 * DAY;

test('rule 2.3: a client that has nothing to say writes boxes of cover at the rate that is reckoned with', () => {
  // Ten times the usual share, so that what follows each box weighs.
  const coverPutPermille = 200;
  const network = fakeNetwork({ coverPutPermille });
  const rng = seededRng('rate');
  const cover = new Cover(rng, () => network);
  const slots = 4_000;
  const stored = new Set<string>();
  const records = new Map<string, Uint8Array>();
  for (let n = 0; n < slots; n++) {
    const now = START + n * 2_000;
    const plan = cover.next(now, true);
    assert.ok(plan !== null);
    const { request } = plan;
    if (request.kind === 'put') {
      const id = Buffer.from(request.record.subarray(0, 32)).toString('hex');
      const first = !stored.has(id);
      stored.add(id);
      plan.settle({ status: 'stored', expiryDay: 30_000 } as BoxAnswer, now);
      if (!first) continue;
      const written = markOf(request.record.subarray(0, 32) as BoxId);
      records.set(Buffer.from(written).toString('hex'), request.record);
      const digest = { edge: plan.edge, number: 0, marks: [written] } as unknown as Digest;
      cover.onDigest(digest, now);
    } else if (request.kind === 'get') {
      const none = new Uint8Array(2_400);
      const found = request.marks.map((mark) => records.get(Buffer.from(mark).toString('hex')));
      plan.settle({ status: 'read', records: found.map((r) => r ?? none) } as never, now);
    } else plan.settle({ status: 'stored', expiryDay: 30_000 } as BoxAnswer, now);
  }
  const expected = coverRate(2_000, { coverPutPermille, loopPermille: 0 }) * 2 * slots;
  const ratio = stored.size / expected;
  assert.ok(ratio > 0.88 && ratio < 1.12, `${stored.size} of ${expected}`);
});

const homes = (): readonly [number, number] => [1, 2];
const mark = (n: number): Mark => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setUint32(3, n);
  return bytes as Mark;
};
const boxes = (count: CrowdCount, at: Millis): number =>
  count.of(Math.floor(at / MINUTE))?.pairs.get('1 2') ?? 0;

test('a box is what its two homes announce, within the time of a second copy', () => {
  const count = new CrowdCount(seededRng('count'));
  const take = (edge: number, marks: number[], at: Millis): void =>
    count.take(edge, marks.map(mark), START + at, 3 * MINUTE, homes);
  take(1, [10, 11, 12], 0);
  take(1, [10], SECOND);
  assert.equal(boxes(count, START), 0, 'one edge alone, however often');
  take(3, [10, 11], 2 * SECOND);
  assert.equal(boxes(count, START), 0, 'an edge that is not its home');
  take(2, [10], 30 * SECOND);
  assert.equal(boxes(count, START), 1);
  take(2, [11], 4 * MINUTE);
  assert.equal(boxes(count, START + 4 * MINUTE), 0, 'too late');
  // Somebody copies a mark before its homes are heard: he does not stand in the way.
  take(3, [20], 5 * MINUTE);
  take(1, [20], 5 * MINUTE + SECOND);
  take(2, [20], 5 * MINUTE + 40 * SECOND);
  assert.equal(boxes(count, START + 5 * MINUTE), 1);
});

test('more marks than fit are counted by a share of them that nobody outside can choose', () => {
  const count = new CrowdCount(seededRng('share'));
  const many = 60_000;
  const n = seededRng('marks');
  const marks = Array.from({ length: many }, () => n.fill(new Uint8Array(8)) as Mark);
  const chunks = Array.from({ length: many / 200 }, (_, i) => marks.slice(200 * i, 200 * i + 200));
  for (const chunk of chunks) count.take(1, chunk, START, 3 * MINUTE, homes);
  assert.ok(count.size <= MAX_CROWD_MARKS);
  for (const chunk of chunks) count.take(2, chunk, START, 3 * MINUTE, homes);
  const ratio = boxes(count, START) / many;
  assert.ok(ratio > 0.95 && ratio < 1.05, `${ratio}`);
});

function verified(change: object, edges = [A, B]): VerifiedDocument {
  const families = edges.map((_, n) => `f${n}`);
  const generation = { firstDay: 0, edges, families, countries: edges.map(() => 'ZZ') };
  const parameters = { ...defaultParameters, ...change };
  return { document: { parameters, generations: [generation] } } as unknown as VerifiedDocument;
}

function viewAfter(document: VerifiedDocument, minutes: number): ReturnType<Crowd['view']> {
  const crowd = new Crowd(seededRng('view'));
  const rng = seededRng('padding');
  const { digestMs } = document.document.parameters;
  let now = START;
  for (; now < START + minutes * MINUTE; now += digestMs) {
    for (const edge of [A, B]) {
      const marks = Array.from({ length: 64 }, () => rng.fill(new Uint8Array(8)) as Mark);
      crowd.onDigest(
        { edge, number: now / digestMs, marks } as unknown as Digest,
        document,
        now + 1,
      );
    }
  }
  return crowd.view(now);
}

test('nothing is told about a demonstration, about one edge, or before enough was heard', () => {
  assert.equal(viewAfter(verified({ crowd: false }), 1).state, 'no-crowd');
  assert.equal(viewAfter(verified({ coverPutPermille: 0 }), 1).state, 'no-crowd');
  assert.equal(viewAfter(verified({}, [A]), 1).state, 'one-edge');
  assert.equal(viewAfter(verified({}), 5).state, 'listening');
  const quiet = viewAfter(verified({}), 18);
  assert.deepEqual([quiet.state, quiet.boxes, quiet.high], ['listening', 0, null]);
  assert.ok(keyOf(A) !== keyOf(B));
});
