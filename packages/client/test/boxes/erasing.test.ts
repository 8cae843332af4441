/** Boxes that were read are erased at both homes; those of a person and of cover alike. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equalBytes, HOUR, randomBytes } from '@tacet/base';
import { type MemoryStore, seededRng } from '@tacet/testkit';
import {
  type BoxAnswer,
  type BoxId,
  type BoxRecord,
  type Digest,
  type Mark,
  markOf,
} from '@tacet/wire';
import { Cover } from '../../src/boxes/cover.ts';
import { nextStep } from '../../src/boxes/erasure.ts';
import { Tombstones } from '../../src/boxes/tombstones.ts';
import type { Plan, PlanSource } from '../../src/rhythm/plan.ts';
import { boxFrom } from '../../src/streams/chain.ts';
import { A, B, fakeNetwork } from '../fake-network.ts';
import { migratedStore } from '../migrated-store.ts';

const STORED: BoxAnswer = { status: 'stored', expiryDay: 1 };
const always = (): boolean => true;
/** As many as there are slots of two hours for both homes of each. */
const MANY = 1_500;

/** One box of a person that is to be erased, as the next program finds it too. */
function person(
  seed: string,
  network = fakeNetwork(),
): { store: MemoryStore; open: () => Tombstones } {
  const store = migratedStore();
  const rng = seededRng(seed);
  const open = () => new Tombstones(store, rng, () => network);
  const box = boxFrom(randomBytes(rng, 32), randomBytes(rng, 32));
  store.transaction(() => open().add(box, 0));
  return { store, open };
}

/** One box of cover that has both copies and was read back. */
function cover(seed: string, reading = fakeNetwork({ coverPutPermille: 0 })): Cover {
  const writing = fakeNetwork({ coverPutPermille: 1_000 });
  let network = writing;
  const source = new Cover(seededRng(seed), () => network);
  const first = source.next(0, true);
  network = reading;
  assert.ok(first?.request.kind === 'put');
  const { record } = first.request;
  first.settle(STORED, 0);
  const mark = markOf(record.subarray(0, 32) as BoxId);
  source.onDigest({ edge: first.edge, marks: [mark] } as unknown as Digest, 0);
  const read = source.next(0, true);
  assert.ok(read !== null && asksFor(read, mark));
  read.settle(found(read, record), 0);
  return source;
}

function asksFor({ request }: Plan, mark: Mark): boolean {
  return request.kind === 'get' && request.marks.some((one) => equalBytes(one, mark));
}

function found({ request }: Plan, record: BoxRecord): BoxAnswer {
  assert.ok(request.kind === 'get');
  const none = new Uint8Array(2_400) as BoxRecord;
  const mark = markOf(record.subarray(0, 32) as BoxId);
  const records = request.marks.map((one) => (equalBytes(one, mark) ? record : none));
  return { status: 'read', records } as never;
}

interface Try {
  readonly at: number;
  readonly edge: 'A' | 'B';
  readonly retry: boolean;
}

/** Tombstones in two hours of slots; `answer` says what becomes of the nth. */
function tombstonesOf(
  source: PlanSource,
  answer: (n: number) => BoxAnswer | null,
  retries: (now: number) => boolean = always,
): Try[] {
  const tries: Try[] = [];
  for (let now = 0; now < 2 * HOUR; now += 2_000) {
    const plan = source.next(now, retries(now));
    if (plan === null) continue;
    plan.onSent?.(now);
    if (plan.request.kind !== 'tombstone') {
      plan.settle(STORED, now);
      continue;
    }
    tries.push({ at: now, edge: plan.edge === A ? 'A' : 'B', retry: plan.retry });
    plan.settle(answer(tries.length - 1), now + 1_000);
  }
  return tries;
}

const CASES: [string, (n: number) => BoxAnswer | null, number][] = [
  ['all answered', () => STORED, 2],
  ['none answered', () => null, 4],
  ['the first lost', (n) => (n === 0 ? null : STORED), 3],
  ['the second lost', (n) => (n === 1 ? null : STORED), 3],
];

for (const [what, answer, count] of CASES) {
  test(`rule 2.4: a box of a person and one of cover are erased alike: ${what}`, () => {
    const shape = (tries: Try[]) => tries.map(({ edge, retry }) => [edge, retry]);
    const swapped = (tries: Try[]) =>
      shape(tries).map(([edge, retry]) => [edge === 'A' ? 'B' : 'A', retry]);
    const real = tombstonesOf(person(what).open(), answer);
    const made = tombstonesOf(cover(what), answer);
    assert.equal(real.length, count);
    assert.deepEqual(shape(made), real[0]?.edge === made[0]?.edge ? shape(real) : swapped(real));
  });
}

test('rule 2.7: what got no answer is erased again only when something may be tried again', () => {
  for (const source of [person('gate').open(), cover('gate')]) {
    const tries = tombstonesOf(
      source,
      () => null,
      (now) => now >= 1.5 * HOUR,
    );
    const [first, second, ...again] = tries;
    assert.ok(first !== undefined && second !== undefined && first.edge !== second.edge);
    assert.ok(!first.retry && !second.retry && second.at < 1.5 * HOUR);
    assert.deepEqual(
      again.map(({ edge, retry }) => [edge, retry]),
      [
        [first.edge, true],
        [second.edge, true],
      ],
    );
    assert.ok(again.every(({ at }) => at >= 1.5 * HOUR));
  }
});

test('rule 2.7: a late answer ends the erasing at its edge', () => {
  for (const source of [person('late').open(), cover('late')]) {
    const sent: Plan[] = [];
    for (let now = 0; now < 2 * HOUR; now += 2_000) {
      const plan = source.next(now, true);
      if (plan?.request.kind !== 'tombstone') continue;
      plan.onSent?.(now);
      sent.push(plan);
      plan.settle(null, now + 100);
      plan.late?.(STORED, now + 200);
    }
    assert.equal(sent.length, 2);
    assert.notEqual(sent[0]?.edge, sent[1]?.edge);
  }
});

test('a home that cannot be reached is waited for', () => {
  for (const what of ['person', 'cover'] as const) {
    const network = fakeNetwork({ coverPutPermille: 0 });
    let reached = false;
    Object.assign(network, { reaches: () => reached });
    const source = what === 'person' ? person('away', network).open() : cover('away', network);
    const erased: number[] = [];
    for (let now = 0; now < 4 * HOUR; now += 2_000) {
      reached = now >= 2 * HOUR;
      const plan = source.next(now, true);
      plan?.onSent?.(now);
      if (plan?.request.kind === 'tombstone') erased.push(now);
      plan?.settle(STORED, now);
    }
    assert.equal(erased.length, 2, what);
    assert.ok((erased[0] ?? 0) >= 2 * HOUR, what);
  }
});

test('of very many only those that are due are in memory, and all are erased, first home first', () => {
  const { store, open } = person('many');
  const rng = seededRng('many more');
  const source = open();
  store.transaction(() => {
    for (let n = 1; n < MANY; n++) {
      source.add(boxFrom(randomBytes(rng, 32), randomBytes(rng, 32)), 0);
    }
  });
  let most = 0;
  const read = store.all.bind(store);
  store.all = (sql, ...values) => {
    const rows = read(sql, ...values);
    most = Math.max(most, rows.length);
    return rows;
  };
  const tries = tombstonesOf(source, () => STORED);
  assert.equal(tries.length, 2 * MANY);
  assert.ok(tries.every(({ retry }) => !retry));
  assert.ok(most > 0 && most <= 64, `${most} rows at once`);
  assert.deepEqual(read('SELECT id FROM tombstones'), []);
});

test('tries survive a restart; what was done is forgotten', () => {
  const { store, open } = person('restart');
  const half = open();
  const first = half.next(2 * HOUR, true);
  first?.onSent?.(2 * HOUR);
  const rest = tombstonesOf(open(), () => null);
  assert.equal(rest.length, 3);
  assert.notEqual(rest[0]?.edge, first?.edge === A ? 'A' : 'B');
  assert.deepEqual(store.all('SELECT id FROM tombstones'), []);
});

test('a box with one home is erased there twice at most', () => {
  const erasure = { tries: 0, done: [false, false] as [boolean, boolean] };
  const first = nextStep(erasure, [B, B]);
  assert.deepEqual([first?.edge, first?.retry], [B, false]);
  const again = nextStep({ ...erasure, tries: first?.tries ?? 9 }, [B, B]);
  assert.deepEqual([again?.edge, again?.retry], [B, true]);
  assert.equal(nextStep({ ...erasure, tries: again?.tries ?? 0 }, [B, B]), null);
});

test('rule 2.4: a cover box whose read is lost is asked for twice, like one of a person', () => {
  const writing = fakeNetwork({ coverPutPermille: 1_000 });
  let network = writing;
  const source = new Cover(seededRng('lost read'), () => network);
  const first = source.next(0, true);
  network = fakeNetwork({ coverPutPermille: 0 });
  assert.ok(first?.request.kind === 'put');
  const { record } = first.request;
  const mark = markOf(record.subarray(0, 32) as BoxId);
  first.settle(STORED, 0);
  source.onDigest({ edge: first.edge, marks: [mark] } as unknown as Digest, 0);
  const reads: Plan[] = [];
  let erased = 0;
  for (let now = 0; now < 2 * HOUR; now += 2_000) {
    const plan = source.next(now, true);
    if (plan?.request.kind === 'tombstone') erased++;
    if (plan !== null && asksFor(plan, mark)) {
      reads.push(plan);
      plan.settle(null, now + 1);
    } else plan?.settle(STORED, now + 1);
    // Both answers come late, and count once.
    if (now === HOUR) for (const read of reads) read.late?.(found(read, record), now);
  }
  assert.deepEqual(
    reads.map(({ retry }) => retry),
    [false, true],
  );
  assert.equal(erased, 2);
});
