/** One frame each period, never moved, never skipped, no catch-up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRng } from '@tacet/testkit';
import { Grid } from '../../src/rhythm/grid.ts';
import type { Plan, PlanSource } from '../../src/rhythm/plan.ts';
import { Planner, type PlanSources } from '../../src/rhythm/planner.ts';

test('rule 2.2: slots stand on phase + k x period, whenever the machine is asked', () => {
  const grid = new Grid(seededRng(1), 2_000, 0);
  const phase = grid.nextAt;
  assert.ok(phase >= 0 && phase < 2_000);
  const taken: number[] = [];
  for (let now = 0; now < 100_000; now += 7) if (grid.take(now)) taken.push(now);
  assert.equal(taken.length, 50);
  for (const [k, at] of taken.entries()) assert.ok(at - (phase + k * 2_000) < 7);
});

test('rule 2.2: after a sleep there is one frame, not one for each missed slot', () => {
  const grid = new Grid(seededRng(2), 2_000, 0);
  const phase = grid.nextAt;
  assert.ok(grid.take(phase));
  assert.ok(grid.take(phase + 3_600_000 + 10));
  assert.ok(!grid.take(phase + 3_600_000 + 10));
  assert.equal((grid.nextAt - phase) % 2_000, 0);
});

test('a changed period counts from the slot that announced it', () => {
  const grid = new Grid(seededRng(3), 2_000, 0);
  const phase = grid.nextAt;
  grid.take(phase);
  grid.setPeriod(1_000);
  assert.equal(grid.nextAt, phase + 1_000);
});

const nothing: PlanSource = { next: () => null };
const always = (): boolean => true;

function source(what: Plan['what'], retry = false): PlanSource {
  return {
    next: (_now, retries) =>
      retry && !retries
        ? null
        : {
            what,
            edge: new Uint8Array(32) as Plan['edge'],
            request: { kind: 'put', record: new Uint8Array(2_400) as never },
            retry,
            settle: () => undefined,
          },
  };
}

/** Idle but for cover, and for these. */
function plannerOf(
  sources: Partial<PlanSources>,
  fresh: () => readonly [boolean, boolean] = () => [false, false],
): Planner {
  const idle = {
    puts: nothing,
    control: nothing,
    reads: nothing,
    own: nothing,
    standing: nothing,
    copies: nothing,
    fileParts: nothing,
    fileReads: nothing,
    fileCopies: nothing,
    behind: nothing,
    tombstones: nothing,
    cover: source('cover'),
  };
  return new Planner({ ...idle, ...sources }, always, fresh);
}

test('rule 2.3: every fourth real slot goes to reads while puts wait', () => {
  const planner = plannerOf({
    puts: source('put'),
    control: source('control'),
    reads: source('read'),
    copies: source('copy'),
    behind: source('read'),
  });
  const plans = Array.from({ length: 400 }, () => planner.next(0)?.what);
  assert.equal(plans.filter((what) => what === 'read').length, 100);
  assert.equal(plans.filter((what) => what === 'put').length, 300);
});

test('rule 2.3: retries take at most one slot in ten', () => {
  const planner = plannerOf({
    puts: source('put', true),
  });
  const plans = Array.from({ length: 1_000 }, () => planner.next(0)?.what);
  const retries = plans.filter((what) => what === 'put').length;
  assert.ok(retries >= 95 && retries <= 104, `${retries}`);
});

test('second copies, tombstones and cover only fill idle slots', () => {
  const order: Plan['what'][] = ['put', 'standing', 'copy', 'tombstone', 'cover'];
  for (const [n, what] of order.entries()) {
    const on = (w: Plan['what']): PlanSource => (order.indexOf(w) >= n ? source(w) : nothing);
    const planner = plannerOf({
      puts: on('put'),
      standing: on('standing'),
      copies: on('copy'),
      tombstones: on('tombstone'),
      cover: on('cover'),
    });
    assert.equal(planner.next(0)?.what, what);
  }
});

test('what nobody announced holds up neither standing reads nor copies, and leaves erasing its turn', () => {
  let standing = 4;
  const planner = plannerOf({
    standing: {
      next: (now, retries) => (standing-- > 0 ? source('standing').next(now, retries) : null),
    },
    behind: source('read'),
    tombstones: source('tombstone'),
  });
  const plans = Array.from({ length: 404 }, () => planner.next(0)?.what);
  assert.deepEqual(plans.slice(0, 4), ['standing', 'standing', 'standing', 'standing']);
  assert.equal(plans.filter((what) => what === 'read').length, 300);
  assert.equal(plans.filter((what) => what === 'tombstone').length, 100);
});

test('own boxes and announced ones take turns, whatever comes behind them', () => {
  const sources = {
    reads: source('read'),
    own: source('file'),
    standing: source('standing'),
    behind: source('tombstone'),
  };
  const planner = plannerOf(sources);
  const plans = Array.from({ length: 100 }, () => planner.next(0)?.what);
  assert.equal(plans.filter((what) => what === 'read').length, 50);
  assert.equal(plans.filter((what) => what === 'file').length, 50);
  // While content is written, too: of the slots that reads have then.
  const busy = plannerOf({ ...sources, puts: source('put') });
  const some = Array.from({ length: 400 }, () => busy.next(0)?.what);
  assert.equal(some.filter((what) => what === 'read').length, 50);
  assert.equal(some.filter((what) => what === 'file').length, 50);
});

test('standing reads that could take every slot leave one in five to what comes behind them', () => {
  const sources = { standing: source('standing'), copies: source('copy') };
  for (const [over, what] of [
    [sources, 'copy'],
    [{ ...sources, copies: nothing, behind: source('read') }, 'read'],
  ] as const) {
    const planner = plannerOf(over);
    const plans = Array.from({ length: 500 }, () => planner.next(0)?.what);
    assert.equal(plans.filter((one) => one === what).length, 100);
    assert.deepEqual(plans.slice(0, 5), [...Array.from({ length: 4 }, () => 'standing'), what]);
  }
  // Where nothing waits behind them they have all: cover has no turn of theirs.
  const alone = plannerOf({ ...sources, copies: nothing });
  for (let n = 0; n < 20; n++) assert.equal(alone.next(0)?.what, 'standing');
});

test('rule 2.2: beside the grid goes what waits for its first try, and nothing else', () => {
  const retry = source('put', true);
  const asked: boolean[] = [];
  const watched = (what: Plan['what']): PlanSource => ({
    next: (now, retries) => {
      asked.push(retries);
      return source(what).next(now, retries);
    },
  });
  let waits: readonly [boolean, boolean] = [false, false];
  const make = (puts: PlanSource): Planner =>
    plannerOf(
      {
        puts,
        control: source('control'),
        reads: watched('read'),
        standing: source('standing'),
        copies: source('copy'),
        tombstones: source('tombstone'),
      },
      () => waits,
    );
  const planner = make(watched('put'));
  assert.equal(planner.urgentWaits(0), false);
  assert.equal(planner.urgent(0), null);
  waits = [true, true];
  assert.equal(planner.urgent(0)?.what, 'put');
  waits = [false, true];
  assert.equal(planner.urgent(0)?.what, 'read');
  assert.ok(asked.every((retries) => !retries));
  waits = [true, false];
  assert.equal(make(retry).urgent(0), null);
});
