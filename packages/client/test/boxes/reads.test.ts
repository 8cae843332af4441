/** What a read names, how often an edge can make one happen, and when. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import type { BoxAnswer, Mark } from '@tacet/wire';
import { ReadQueue } from '../../src/boxes/reads.ts';
import type { Watch, WatchList } from '../../src/boxes/watches.ts';
import type { Plan } from '../../src/rhythm/plan.ts';
import { A, B, C, fakeNetwork } from '../fake-network.ts';

const watch = (id: number, ref = 1): Watch =>
  ({
    id,
    owner: 'stream',
    ref,
    index: id,
    createdDay: 0,
    box: { mark: new Uint8Array(8).fill(id) as Mark },
  }) as unknown as Watch;

function queue(found: (watch: Watch) => boolean = () => false): ReadQueue {
  const watches = { holds: () => true, offer: (w: Watch) => found(w) } as unknown as WatchList;
  return new ReadQueue(rng, () => network, watches);
}
const rng = seededRng('reads');
const network = fakeNetwork();
const empty: BoxAnswer = {
  status: 'read',
  records: [new Uint8Array(2_400), new Uint8Array(2_400), new Uint8Array(2_400)],
} as unknown as BoxAnswer;

/** The next of all reads, as where nothing but reads has something to send. */
const ask = (reads: ReadQueue, now: number): Plan | null =>
  reads.next(now, true) ?? reads.behind.next(now, true);

test('rule 2.4: a read names three marks of one edge, one of them the box, in any place', () => {
  const places = [0, 0, 0];
  for (let id = 1; id <= 300; id++) {
    const reads = queue();
    const wanted = watch(id % 250);
    reads.announced(wanted, A, 0);
    const plan = reads.next(0, true);
    assert.ok(plan !== null && plan.request.kind === 'get');
    assert.equal(plan.request.marks.length, 3);
    assert.equal(plan.request.waitMs, 0);
    const at = plan.request.marks.filter((mark) => mark === wanted.box.mark);
    assert.equal(at.length, 1);
    const place = plan.request.marks.indexOf(wanted.box.mark);
    places[place] = (places[place] ?? 0) + 1;
  }
  for (const n of places) assert.ok(n > 70 && n < 130, `${places}`);
});

test('rule 2.3: nothing is read that no digest named', () => {
  assert.equal(queue().next(0, true), null);
});

test('rule 2.7: an edge that announces a box again and again causes two reads at most', () => {
  const reads = queue();
  let asked = 0;
  for (let now = 0; now < 6 * HOUR; now += 5_000) {
    reads.announced(watch(1), A, now);
    const plan = reads.next(now, true);
    if (plan === null) continue;
    asked += 1;
    plan.settle(empty, now);
  }
  assert.equal(asked, 2);
});

test('rule 2.7: at most two tries an edge; lost answers are asked for again after a rest', () => {
  const reads = queue();
  reads.announced(watch(1), A, 0);
  const times: number[] = [];
  for (let now = 0; now < 12 * HOUR; now += 1_000) {
    const plan = ask(reads, now);
    if (plan === null) continue;
    times.push(now);
    plan.settle(null, now);
  }
  const near = times.filter((at) => at < 30_000).length;
  assert.equal(near, 2);
  const later = times.filter((at) => at >= 11 * HOUR);
  assert.ok(later.length > 0, 'never given up');
  assert.ok(times.length < 80, `${times.length} tries in 12 h`);
});

test('a box whose answers were lost is read at once where another edge names it', () => {
  for (const gone of [false, true]) {
    const reads = queue();
    const other = fakeNetwork();
    const left = new ReadQueue(
      rng,
      () => Object.assign(other, { reaches: (_: unknown, edge: unknown) => edge !== A }),
      { holds: () => true, offer: () => false } as unknown as WatchList,
    );
    const asked = gone ? left : reads;
    asked.announced(watch(1), A, 0);
    // Its edge was killed: nothing comes back, and it may have left the network meanwhile.
    for (let now = 0; now < 30_000; now += 1_000) asked.next(now, true)?.settle(null, now);
    asked.announced(watch(1), B, 30_000);
    const plan = asked.next(30_000, false);
    assert.equal(plan?.edge, B, gone ? 'left' : 'lost');
    plan?.settle(empty, 31_000);
  }
});

test('no slot is spent on a read at an edge that left the network', () => {
  const other = fakeNetwork();
  const reads = new ReadQueue(
    rng,
    () => Object.assign(other, { reaches: (_: unknown, edge: unknown) => edge !== A }),
    { holds: () => true, offer: () => false } as unknown as WatchList,
  );
  reads.announced(watch(1), A, 0);
  for (let now = 0; now < 6 * HOUR; now += 1_000) {
    const plan = ask(reads, now);
    assert.notEqual(plan?.edge, A);
    plan?.settle(null, now);
  }
});

test('a backlog of one contact waits behind announced boxes and takes turns with others', () => {
  const reads = queue();
  for (let id = 1; id <= 60; id++) reads.catchUp(watch(id, 1), 0, null);
  for (let id = 61; id <= 64; id++) reads.catchUp(watch(id, 2), 0, null);
  reads.announced(watch(70, 3), B, 0);
  const first = Array.from({ length: 9 }, () => {
    const plan = ask(reads, 0);
    assert.ok(plan?.request.kind === 'get');
    return Math.max(...plan.request.marks.map((m) => (new Set(m).size === 1 ? (m[0] ?? 0) : 0)));
  });
  assert.equal(first[0], 70);
  assert.equal(first.slice(1).filter((id) => id > 60).length, 4);
});

test('own boxes have a source of their own, announced or not, and what was announced comes first there', () => {
  const reads = queue();
  const own = (id: number): Watch => ({ ...watch(id, 0), owner: 'own' });
  for (const id of [1, 2]) reads.catchUp(own(id), 0, () => undefined);
  reads.announced(watch(3), A, 0);
  reads.catchUp(watch(4), 0, null);
  reads.announced(own(2), B, 0);
  const named = (plan: Plan | null): number | undefined =>
    plan?.request.kind === 'get' ? plan.request.marks[plan.real ?? 0]?.[0] : undefined;
  assert.equal(named(reads.own.next(0, true)), 2);
  assert.equal(named(reads.own.next(0, true)), 1);
  assert.equal(reads.own.next(0, true), null);
  assert.equal(named(reads.next(0, true)), 3);
  assert.equal(named(reads.behind.next(0, true)), 4);
  assert.equal(reads.behind.next(0, true), null);
});

test('a box announced by one edge is absent only where the other has nothing, too', () => {
  const reads = queue();
  let absent = 0;
  reads.announced(watch(1), A, 0);
  reads.catchUp(watch(1), 0, () => (absent += 1));
  const asked = new Set<unknown>();
  for (let now = 0; now < 100; now++) {
    const plan = ask(reads, now);
    if (plan === null) continue;
    asked.add(plan.edge);
    assert.equal(absent, 0);
    plan.settle(empty, now);
  }
  assert.equal(absent, 1);
  assert.ok(asked.has(A) && asked.size > 1, `${asked.size}`);
});

test('boxes of an address wait until nobody else wants the slot', () => {
  const reads = queue();
  const strangers = (id: number): Watch => ({ ...watch(id), owner: 'address' });
  for (let id = 1; id <= 60; id++) reads.announced(strangers(id), A, 0);
  reads.announced(watch(70), B, 0);
  reads.announced(watch(71), B, 0);
  const asked = (): number => {
    const plan = ask(reads, 0);
    assert.ok(plan?.request.kind === 'get');
    return Math.max(...plan.request.marks.map((m) => (new Set(m).size === 1 ? (m[0] ?? 0) : 0)));
  };
  assert.deepEqual([asked(), asked()], [70, 71]);
  assert.ok(asked() <= 60);
});

test('a catch-up read asks every home once, older generations last, and then hears it is absent', () => {
  const reads = queue();
  let absent = 0;
  reads.catchUp(watch(1), 0, () => absent++);
  const edges = [];
  for (let now = 0; now < HOUR; now += MINUTE) {
    const plan = ask(reads, now);
    if (plan === null) continue;
    edges.push(plan.edge);
    plan.settle(empty, now);
  }
  assert.deepEqual(edges, [A, B, C]);
  assert.equal(absent, 1);
});

test('an empty answer that is older than the announcement is no answer', () => {
  const filled = new Set<unknown>();
  let got = 0;
  const answers = { status: 'read', records: [] } as unknown as BoxAnswer;
  const reads = queue(() => filled.has(A) && got++ === 0);
  reads.catchUp(watch(1), 0, () => assert.fail('it is not absent'));
  const early = ask(reads, 0);
  assert.deepEqual(early?.edge, A);
  // Written, and named, while the answer "there is none" is on its way; other homes have none yet.
  reads.announced(watch(1), A, 100);
  early?.settle(answers, 200);
  const other = ask(reads, 200);
  assert.deepEqual(other?.edge, B);
  other?.settle(answers, 300);
  ask(reads, 300)?.settle(answers, 400);
  filled.add(A);
  const again = ask(reads, 400);
  assert.deepEqual(again?.edge, A);
  again?.settle(answers, 500);
  assert.equal(got, 1);
  assert.equal(reads.size, 0);
});

test('a box announced after many vain reads without a mark is read all the same', () => {
  const reads = queue();
  reads.catchUp(watch(1), 0, null);
  let now = 0;
  // Two lost tries at each of three homes.
  for (let tries = 0; tries < 5; now += 100) {
    const plan = ask(reads, now);
    if (plan === null) continue;
    tries += 1;
    plan.settle(null, now);
  }
  reads.announced(watch(1), A, now);
  const edges = [];
  for (const end = now + MINUTE; now < end; now += 100) {
    const plan = ask(reads, now);
    if (plan === null) continue;
    edges.push(plan.edge);
    plan.settle(empty, now);
  }
  assert.ok(edges.includes(A));
});

test('rule 2.7: a late answer with the box ends the asking; a late empty one changes nothing', () => {
  let there = false;
  const reads = queue(() => there);
  reads.announced(watch(1), A, 0);
  const lost = ask(reads, 0);
  lost?.settle(null, 1_000);
  lost?.late?.(empty, 1_001);
  assert.equal(reads.size, 1);
  const again = ask(reads, MINUTE);
  assert.equal(again?.retry, true);
  there = true;
  lost?.late?.(empty, MINUTE + 1);
  assert.equal(reads.size, 0);
  there = false;
  again?.settle(null, MINUTE + 2);
  assert.equal(ask(reads, 2 * MINUTE), null);
});

test('without an announcement what is likely goes first, and other homes after everything else', () => {
  const reads = queue();
  reads.catchUp(watch(1, 1), 0, null, 5);
  reads.catchUp(watch(2, 2), 0, null, 1);
  reads.catchUp(watch(3, 3), 0, null, 1);
  const asked: [number, unknown][] = [];
  for (let now = 0; now < 9; now++) {
    const plan = ask(reads, now);
    assert.ok(plan?.request.kind === 'get');
    const [mark] = plan.request.marks.filter((m) => new Set(m).size === 1 && (m[0] ?? 9) <= 3);
    asked.push([mark?.[0] ?? 0, plan.edge]);
    plan.settle(empty, now);
  }
  assert.deepEqual(
    asked.map(([id]) => id),
    [2, 3, 1, 2, 3, 2, 3, 1, 1],
  );
  assert.ok(asked.slice(0, 3).every(([, edge]) => edge === A));
});
