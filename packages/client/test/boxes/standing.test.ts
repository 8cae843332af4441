/** Rules 2.3 and 2.6 at the client's side: for whom reads wait at an edge, how often, and until when. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equalBytes, MINUTE, randomBytes, SECOND } from '@tacet/base';
import { MemoryStore, seededRng } from '@tacet/testkit';
import { type BoxAnswer, type BoxRecord, sealRecord } from '@tacet/wire';
import { StandingReads } from '../../src/boxes/standing.ts';
import { type Watch, WatchList } from '../../src/boxes/watches.ts';
import type { Plan } from '../../src/rhythm/plan.ts';
import { migrate } from '../../src/store/migrate.ts';
import { MIGRATIONS } from '../../src/store/schema.ts';
import { type BoxSecret, boxFrom } from '../../src/streams/chain.ts';
import { fakeNetwork } from '../fake-network.ts';

/** Standing reads of somebody whose window is in use, and the box contact 1 writes next. */
function setUp(seed: string) {
  const rng = seededRng(seed);
  const network = fakeNetwork();
  const store = new MemoryStore();
  migrate(store, MIGRATIONS);
  const ignored = { onAnnounced: () => undefined, onRead: () => undefined };
  const watches = new WatchList(store, () => network, ignored);
  let next: Watch | null = null;
  const expect = (): BoxSecret => {
    const box = boxFrom(randomBytes(rng, 32), randomBytes(rng, 32));
    next = watches.add('stream', 1, 0, box, 0);
    return box;
  };
  watches.register('stream', { onRecord: () => expect() });
  const first = expect();
  const standing = new StandingReads(rng, () => network, watches, { nextBox: () => next });
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

test('rule 2.3: a conversation is waited for three times in vain, then not until it is used again', () => {
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

test('rule 2.3: only holds in a row count, and a lost answer is none', () => {
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
    if (left > MINUTE) assert.ok(Math.max(...drawn) > longest / 2);
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
