/** Rules 2.3 and 2.6 at the client's side: for whom reads wait at an edge, how often, and until when. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equalBytes, MINUTE, randomBytes, SECOND } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import { quantile } from '@tacet/testkit/quantile';
import { type BoxAnswer, type BoxRecord, sealRecord } from '@tacet/wire';
import { StandingReads } from '../../src/boxes/standing.ts';
import { type Watch, WatchList } from '../../src/boxes/watches.ts';
import type { Plan } from '../../src/rhythm/plan.ts';
import { type BoxSecret, boxFrom } from '../../src/streams/chain.ts';
import { fakeNetwork } from '../fake-network.ts';
import { migratedStore } from '../migrated-store.ts';

/** Standing reads of somebody whose window is in use, and the box contact 1 writes next. */
function setUp(seed: string, parameters: Record<string, number> = {}) {
  const rng = seededRng(seed);
  const network = fakeNetwork(parameters);
  const store = migratedStore();
  const ignored = { onAnnounced: () => undefined, onRead: () => undefined };
  const watches = new WatchList(store, () => network, ignored);
  let next: Watch | null = null;
  let index = 0;
  const expect = (): BoxSecret => {
    const box = boxFrom(randomBytes(rng, 32), randomBytes(rng, 32));
    next = watches.add('stream', 1, index++, box, 0);
    return box;
  };
  watches.register('stream', { onRecord: () => expect() });
  const first = expect();
  const standing = new StandingReads(rng, () => network, watches, {
    nextBox: (_contact, after) => (after === 0 ? next : null),
  });
  standing.setActive(true);
  return { network, standing, first, box: () => next?.box ?? first };
}

function marksOf({ request }: Plan) {
  assert.ok(request.kind === 'get');
  return request.marks;
}

function readOf(record: BoxRecord, at = 0): BoxAnswer {
  const none = new Uint8Array(2_400) as BoxRecord;
  return { status: 'read', records: [0, 1, 2].map((n) => (n === at ? record : none)) } as never;
}

/** One read, and whether it waits for `box`. */
function one(standing: StandingReads, box: BoxSecret, now: number) {
  const plan = standing.next(now);
  assert.ok(plan !== null);
  const at = marksOf(plan).findIndex((mark) => equalBytes(mark, box.mark));
  return { plan, at, real: at >= 0 };
}

const NOTHING = readOf(new Uint8Array(2_400) as BoxRecord);

test('rule 2.3: a box is waited for three times in vain, then not until its conversation is used again', () => {
  const { standing, first } = setUp('empty holds');
  const reals = (): number => {
    let count = 0;
    for (let n = 0; n < 50; n++) {
      const { plan, real } = one(standing, first, n);
      if (real) count++;
      plan.settle(NOTHING, n);
    }
    return count;
  };
  assert.equal(reals(), 0, 'not used yet');
  standing.used(1, 0);
  assert.equal(reals(), 3);
  assert.equal(reals(), 0);
  standing.used(1, 0);
  assert.equal(reals(), 3);
});

test('rule 2.3: only holds for the same box count, and a lost answer is none', () => {
  const { network, standing, box } = setUp('in a row');
  standing.used(1, 0);
  for (const answer of ['lost', 'empty', 'empty', 'found', 'empty', 'empty', 'found'] as const) {
    const expected = box();
    const { plan, at, real } = one(standing, expected, 0);
    assert.ok(real, answer);
    const record = sealRecord(expected, network.id as never, new Uint8Array(2_264));
    if (answer === 'found') plan.settle(readOf(record, at), 0);
    else plan.settle(answer === 'lost' ? null : NOTHING, 0);
  }
});

test('rule 2.3: a conversation is waited for until five minutes after it was used', () => {
  const { standing, first } = setUp('five minutes');
  standing.used(1, 0);
  const kept = one(standing, first, 5 * MINUTE);
  assert.ok(kept.real);
  kept.plan.settle(null, 5 * MINUTE);
  assert.ok(!one(standing, first, 5 * MINUTE + 1).real);
});

test('rule 2.3: four are outstanding and no more, none out of use', () => {
  const { standing, first } = setUp('four');
  standing.used(1, 0);
  const plans = Array.from({ length: 4 }, () => one(standing, first, 0));
  assert.deepEqual(
    plans.map(({ real }) => real),
    [true, false, false, false],
  );
  assert.equal(standing.next(0), null);
  plans[0]?.plan.settle(NOTHING, 0);
  assert.ok(standing.next(0) !== null);
  assert.equal(standing.next(0), null);
  plans[1]?.plan.settle(NOTHING, 0);
  standing.setActive(false);
  assert.equal(standing.next(0), null);
});

/** Waits of a plan, and when the next read may leave at the latest it needs to. */
function waitOf({ request }: Plan): number {
  return request.kind === 'get' ? request.waitMs : 0;
}

test('a read is followed by the next one before its wait ends, answered or not, and by no second one', () => {
  const { standing, first } = setUp('renewed');
  standing.used(1, 0);
  const plans = Array.from({ length: 4 }, () => one(standing, first, 0));
  const ends = plans.map(({ plan }) => waitOf(plan)).sort((a, b) => a - b);
  const waited = waitOf(plans[0]?.plan as Plan);
  assert.ok(plans[0]?.real);
  // Five mean delays of 400 ms and a slot of a second before the end.
  for (const [n, end] of ends.entries()) {
    assert.equal(standing.next(end - 3_001), null, `${n}`);
    const { real } = one(standing, first, end - 3_000);
    assert.equal(real, end === waited, 'the box is waited for without a gap');
    assert.equal(standing.next(end - 3_000), null, `${n}`);
  }
  // What the first four say at their end makes no room: their places are taken.
  for (const { plan } of plans) plan.settle(NOTHING, 140 * SECOND);
  assert.equal(standing.count, 4);
});

test('rule 2.3: a box is named three times though no answer is here when the next read leaves', () => {
  const { standing, first } = setUp('named in advance', { holdMeanMs: 55_000 });
  standing.used(1, 0);
  let reals = 0;
  for (let now = 0; now < 5 * MINUTE; now += SECOND) {
    const plan = standing.next(now);
    if (plan !== null && marksOf(plan).some((mark) => equalBytes(mark, first.mark))) reals++;
  }
  assert.equal(reals, 3);
});

test('rule 2.6: a wait ends while the keys of its reply block hold, with time for the way back, and is no cut of a longer one', () => {
  const { standing } = setUp('key end');
  // Epoch 0 of an hour, 5 min of grace, delays of 400 ms; a margin of 30 s.
  const end = 3_600_000 + 300_000 - 40 * 400 - 30_000;
  const waits = (now: number): number[] =>
    Array.from({ length: 500 }, () => {
      const plan = standing.next(now);
      if (plan === null) return 0;
      plan.settle(null, now);
      return plan.request.kind === 'get' ? plan.request.waitMs : 0;
    });
  for (const left of [21 * SECOND, 60 * SECOND, 200 * SECOND, 600 * SECOND]) {
    const drawn = waits(end - left);
    const longest = Math.min(left, 300 * SECOND);
    assert.ok(Math.max(...drawn) <= longest, `${Math.max(...drawn)} of ${longest}`);
    assert.ok(Math.min(...drawn) >= 20 * SECOND);
    assert.ok(drawn.filter((wait) => wait >= longest - 1).length < 10, 'cut');
    // Around 90 s, or, where that is too long, around three quarters of what is left.
    const mean = Math.min(90 * SECOND, longest * 0.75);
    assert.ok(Math.max(...drawn) > 1.3 * mean);
    assert.ok(Math.max(...drawn) <= (4 / 3) * mean);
  }
  // Too late for any that is worth waiting.
  assert.deepEqual(new Set(waits(end - 19 * SECOND)), new Set([0]));
  assert.deepEqual(new Set(waits(end + MINUTE)), new Set([0]));
});

test('rule 2.7: a record that comes late is taken, and the conversation waits for the next box', () => {
  const { network, standing, box } = setUp('late');
  standing.used(1, 0);
  const expected = box();
  const lost = one(standing, expected, 0);
  assert.ok(lost.real);
  lost.plan.settle(null, 0);
  const again = one(standing, expected, 0);
  const record = sealRecord(expected, network.id as never, new Uint8Array(2_264));
  lost.plan.late?.(readOf(record, lost.at), 1);
  assert.notEqual(box(), expected);
  assert.ok(one(standing, box(), 1).real);
  assert.equal(standing.count, 2);
  again.plan.settle(NOTHING, 2);
  assert.equal(standing.count, 1);
});

/** Standing reads of somebody with so many conversations, each with boxes still to come. */
function talking(seed: string, conversations: number) {
  const rng = seededRng(seed);
  const network = fakeNetwork();
  const named = new Map<string, [number, number]>();
  const boxes = new Map<string, Watch>();
  const nextBox = (contact: number, after: number): Watch => {
    const key = `${contact} ${after}`;
    const mark = randomBytes(rng, 8);
    const made = boxes.get(key) ?? ({ id: boxes.size, index: after, box: { mark } } as Watch);
    boxes.set(key, made);
    named.set(made.box.mark.join(), [contact, after]);
    return made;
  };
  const watches = { offer: () => false } as unknown as WatchList;
  const standing = new StandingReads(rng, () => network, watches, { nextBox });
  standing.setActive(true);
  for (let contact = 1; contact <= conversations; contact++) standing.used(contact, 0);
  /** Contact and place of the box that a read waits for. */
  const of = (plan: Plan): [number, number] | null => {
    for (const mark of marksOf(plan)) {
      const found = named.get(mark.join());
      if (found !== undefined) return found;
    }
    return null;
  };
  return { standing, of };
}

test('the next box of every conversation comes before the one after it, those used last first', () => {
  for (const [conversations, expected] of [
    [1, [[1, 0], [1, 1], null, null]],
    [
      3,
      [
        [3, 0],
        [2, 0],
        [1, 0],
        [3, 1],
      ],
    ],
    [
      5,
      [
        [5, 0],
        [4, 0],
        [3, 0],
        [2, 0],
      ],
    ],
  ] as const) {
    const { standing, of } = talking('ahead', conversations);
    const plans = Array.from({ length: 4 }, () => standing.next(0));
    assert.deepEqual(
      plans.map((plan) => (plan === null ? 'none' : of(plan))),
      expected,
    );
  }
});

test('when reads leave, and for how long they wait, does not depend on whether anything is used', () => {
  /** Seconds between departures, and waits, of whoever looks at conversations or at none. */
  const course = (conversations: number): { gaps: number[]; waits: number[] } => {
    const { standing } = talking('rhythm', conversations);
    const gaps: number[] = [];
    const waits: number[] = [];
    const ends: { at: number; plan: Plan }[] = [];
    let last = 0;
    for (let slot = 0; slot < 4_000; slot++) {
      // A conversation of the last five minutes, always.
      const now = (slot % 250) * SECOND;
      if (slot % 250 === 0) for (let n = 1; n <= conversations; n++) standing.used(n, now);
      for (const end of ends.splice(0)) {
        if (end.at > slot) ends.push(end);
        else end.plan.settle(NOTHING, now);
      }
      const plan = standing.next(now);
      if (plan?.request.kind !== 'get') continue;
      gaps.push(slot - last);
      last = slot;
      waits.push(plan.request.waitMs / SECOND);
      ends.push({ at: slot + plan.request.waitMs / SECOND + 4, plan });
    }
    return { gaps, waits };
  };
  const idle = course(0);
  const busy = course(3);
  for (const what of ['gaps', 'waits'] as const) {
    for (const p of [0.1, 0.25, 0.5, 0.75, 0.9]) {
      const [a, b] = [idle, busy].map((one) => quantile(one[what], p));
      assert.ok(Math.abs((a ?? 0) - (b ?? 0)) <= 2 + 0.2 * (a ?? 0), `${what} ${p}: ${a}, ${b}`);
    }
  }
});
