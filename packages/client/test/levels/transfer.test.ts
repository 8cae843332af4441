/** Blocks of Transfer: begun by a consent, agreed to by the clock down, run to their end, kept by a kill. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, MINUTE, type Millis, SECOND } from '@tacet/base';
import { defaultParameters } from '@tacet/directory';
import { MemoryStore, seededRng } from '@tacet/testkit';
import { Transfer } from '../../src/levels/transfer.ts';

const START: Millis = 20_000 * DAY;
const SLOT = defaultParameters.transferSlotMs;
const BLOCK = defaultParameters.transferBlockMs;

function setUp(seed = 'transfer', parameters = defaultParameters) {
  const store = new MemoryStore();
  store.exec('CREATE TABLE settings (name TEXT PRIMARY KEY, value BLOB NOT NULL)');
  const rng = seededRng(seed);
  const state = { linkUp: true, work: true, over: [] as Millis[] };
  const open = (now: Millis): Transfer => {
    const transfer = new Transfer(
      {
        store,
        rng,
        parameters: () => parameters,
        linkUp: () => state.linkUp,
        work: () => ({ waits: () => state.work, blockOver: (begun) => state.over.push(begun) }),
        onChange: () => undefined,
      },
      now,
    );
    if (state.linkUp) transfer.linkUp(now);
    return transfer;
  };
  return { open, state };
}

/** Frames down of one period, and a slot of the own grid each two seconds. */
function run(transfer: Transfer, from: Millis, ms: Millis, period: Millis): Millis {
  const down = period / 2;
  let slot = from;
  for (let at = from; at < from + ms; at += down) {
    transfer.frameDown(at);
    if (at < slot) continue;
    transfer.advance(at);
    slot += 2 * SECOND;
  }
  return from + ms;
}

test('the edge is told first; the own grid follows its clock down', () => {
  const { open, state } = setUp();
  state.work = false;
  const transfer = open(START);
  transfer.advance(START);
  assert.deepEqual(transfer.line(), { told: false, grid: false });
  state.work = true;
  transfer.advance(START);
  assert.deepEqual(transfer.line(), { told: true, grid: false });
  assert.deepEqual(transfer.view(START), { state: 'asked', until: START + BLOCK });
  const now = run(transfer, START, SECOND, defaultParameters.inUseSlotMs);
  assert.deepEqual(transfer.line(), { told: true, grid: false });
  run(transfer, now, 2 * SECOND, SLOT);
  assert.deepEqual(transfer.line(), { told: true, grid: true });
  assert.equal(transfer.view(now)?.state, 'on');
});

test('an edge whose clock stays slow has refused: nothing of a block, and a pause before it is asked again', () => {
  for (const period of [defaultParameters.slotMs, defaultParameters.inUseSlotMs, 4 * SLOT]) {
    const { open } = setUp(`refused ${period}`);
    const transfer = open(START);
    transfer.advance(START);
    const now = run(transfer, START, 21 * SECOND, period);
    assert.deepEqual(transfer.line(), { told: false, grid: false });
    const view = transfer.view(now);
    assert.equal(view?.state, 'refused');
    const again = view?.until ?? assert.fail();
    assert.ok(again - now >= BLOCK / 2 - 4 * SECOND && again - now <= 1.5 * BLOCK);
    transfer.advance(again - 1);
    assert.equal(transfer.line().told, false);
    transfer.advance(again);
    assert.equal(transfer.line().told, true);
  }
});

test('a block lasts its time, also when the file is done at once; another follows only for work', () => {
  const { open, state } = setUp();
  const transfer = open(START);
  transfer.advance(START);
  let now = run(transfer, START, 5 * SECOND, SLOT);
  state.work = false;
  now = run(transfer, now, BLOCK - 6 * SECOND, SLOT);
  assert.deepEqual(transfer.line(), { told: true, grid: true });
  state.work = true;
  run(transfer, now, 4 * SECOND, SLOT);
  assert.deepEqual(state.over, [START]);
  assert.equal(transfer.view(START + BLOCK)?.until, START + 2 * BLOCK, 'end to end');
  assert.deepEqual(transfer.line(), { told: true, grid: true });
  state.work = false;
  transfer.advance(START + 2 * BLOCK);
  assert.deepEqual(state.over, [START, START + BLOCK]);
  assert.deepEqual(transfer.line(), { told: false, grid: false });
  assert.equal(transfer.view(START + 2 * BLOCK), null);
});

test('killed in a block: it goes on to the same end, whatever is left of the file', () => {
  const { open, state } = setUp();
  const first = open(START);
  first.advance(START);
  run(first, START, 5 * SECOND, SLOT);
  state.work = false;
  state.linkUp = false;
  const second = open(START + MINUTE);
  second.advance(START + MINUTE);
  assert.deepEqual(second.line(), { told: false, grid: false }, 'no hello asks for it');
  state.linkUp = true;
  second.linkUp(START + MINUTE);
  assert.deepEqual(second.line(), { told: true, grid: false });
  run(second, START + MINUTE, 5 * SECOND, SLOT);
  assert.deepEqual(second.view(START + 2 * MINUTE), { state: 'on', until: START + BLOCK });
  second.advance(START + BLOCK);
  assert.deepEqual(second.line(), { told: false, grid: false });
  assert.equal(open(START + BLOCK).view(START + BLOCK), null);
});

test('killed and started after its end: there is no block, and none is made up for', () => {
  const { open, state } = setUp();
  open(START).advance(START);
  state.work = false;
  const later = open(START + 3 * BLOCK);
  later.advance(START + 3 * BLOCK);
  assert.deepEqual(later.line(), { told: false, grid: false });
  state.work = true;
  later.advance(START + 3 * BLOCK);
  assert.equal(later.view(START + 3 * BLOCK)?.until, START + 4 * BLOCK);
});

test('a link that is lost asks anew; while it is gone nothing counts against the edge', () => {
  const { open, state } = setUp();
  const transfer = open(START);
  transfer.advance(START);
  let now = run(transfer, START, 5 * SECOND, SLOT);
  state.linkUp = false;
  transfer.linkDown();
  now += 2 * MINUTE;
  transfer.advance(now);
  assert.equal(transfer.view(now)?.state, 'asked');
  state.linkUp = true;
  transfer.linkUp(now);
  now = run(transfer, now, 5 * SECOND, SLOT);
  assert.deepEqual(transfer.view(now), { state: 'on', until: START + BLOCK });
});

test('an edge whose clock falls back is asked again, and the grid goes back with it', () => {
  const { open } = setUp();
  const transfer = open(START);
  transfer.advance(START);
  let now = run(transfer, START, 5 * SECOND, SLOT);
  assert.equal(transfer.line().grid, true);
  now = run(transfer, now, 15 * SECOND, 2 * SECOND);
  assert.equal(transfer.line().grid, false);
  run(transfer, now, 30 * SECOND, 2 * SECOND);
  assert.equal(transfer.line().told, false);
});

test('a clock set back takes the block with it', () => {
  const { open } = setUp();
  const transfer = open(START);
  transfer.advance(START);
  const now = run(transfer, START, 5 * SECOND, SLOT);
  transfer.setBack(DAY);
  const left = (transfer.view(now - DAY)?.until ?? assert.fail()) - (now - DAY);
  assert.ok(left > BLOCK - MINUTE && left <= BLOCK);
  assert.equal(transfer.line().grid, true);
});

test('where the network has no Transfer nothing is asked', () => {
  const { open } = setUp('none', { ...defaultParameters, transferSlotMs: 251 });
  const transfer = open(START);
  transfer.advance(START);
  assert.equal(transfer.possible, false);
  assert.deepEqual(transfer.line(), { told: false, grid: false });
});
