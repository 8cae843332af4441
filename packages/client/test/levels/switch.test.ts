/** Changing the level: what holds at once, what the line shows and when, and what a kill keeps. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, MINUTE, type Millis, SECOND } from '@tacet/base';
import { MemoryStore, seededRng } from '@tacet/testkit';
import { LevelSwitch } from '../../src/levels/switch.ts';

const START: Millis = 20_000 * DAY;
const SLOT: Millis = 2 * SECOND;

function setUp(seed: string, slotMs: Millis | null = SLOT) {
  const store = new MemoryStore();
  store.exec('CREATE TABLE settings (name TEXT PRIMARY KEY, value BLOB NOT NULL)');
  const rng = seededRng(seed);
  const state = { inUseUntil: 0, changes: 0 };
  const open = (now: Millis) =>
    new LevelSwitch(
      {
        store,
        rng,
        slotMs: () => slotMs,
        inUseUntil: () => state.inUseUntil,
        onChange: () => {
          state.changes += 1;
        },
      },
      now,
    );
  return { open, state };
}

test('rule 2.2: Fast begins at a random moment within 300 slots, and is saved before', () => {
  const waits: number[] = [];
  for (let n = 0; n < 200; n++) {
    const { open, state } = setUp(`fast ${n}`);
    const first = open(START);
    first.set('fast', START);
    assert.equal(first.level, 'balanced');
    assert.equal(state.changes, 1);
    const at = first.planned?.at ?? assert.fail('it is planned');
    // Killed: the next run goes on.
    const second = open(START + SECOND);
    assert.deepEqual(second.planned, { level: 'fast', at });
    second.advance(at - 1);
    assert.equal(second.level, 'balanced');
    assert.deepEqual(second.line(at - 1), { told: false, grid: false });
    second.advance(at);
    assert.equal(open(at).level, 'fast');
    assert.deepEqual(second.line(at), { told: true, grid: false });
    waits.push(at - START);
  }
  assert.ok(Math.max(...waits) <= 300 * SLOT && Math.max(...waits) > 250 * SLOT);
  assert.ok(Math.min(...waits) < 50 * SLOT);
});

test('rule 2.2: what shows less holds at once, and the line stays as it was for a random while', () => {
  const ends: number[] = [];
  for (let n = 0; n < 100; n++) {
    const { open } = setUp(`strong ${n}`, null);
    const one = open(START);
    one.set('fast', START);
    assert.equal(one.level, 'fast', 'with nobody to see it nothing is put off');
    one.set('strong', START + HOUR);
    assert.equal(one.level, 'strong');
    assert.equal(one.waits(START + HOUR), false);
    let now = START + HOUR;
    while (one.line(now).told) now += MINUTE;
    assert.deepEqual(open(now - MINUTE).line(now - MINUTE), {
      told: now > START + HOUR,
      grid: false,
    });
    ends.push(now - START - HOUR);
  }
  assert.ok(Math.max(...ends) > 25 * MINUTE && Math.max(...ends) <= 31 * MINUTE);
});

test('rule 2.2: choosing Strong does not end a period of use; its end was drawn before', () => {
  const { open, state } = setUp('in use');
  state.inUseUntil = START + 40 * MINUTE;
  const one = open(START);
  assert.deepEqual(one.line(START), { told: true, grid: true });
  one.set('strong', START + MINUTE);
  // A window that is still looked at changes nothing any more.
  state.inUseUntil = START + 2 * HOUR;
  assert.deepEqual(one.line(START + 39 * MINUTE), { told: true, grid: true });
  assert.deepEqual(open(START + 39 * MINUTE).line(START + 39 * MINUTE), { told: true, grid: true });
  assert.deepEqual(one.line(START + 41 * MINUTE), { told: false, grid: false });
});

test('a choice is taken back before it begins, and a clock set back puts it off by an hour at most', () => {
  const { open } = setUp('back');
  const one = open(START);
  one.set('fast', START);
  one.set('balanced', START + SECOND);
  assert.equal(one.planned, null);
  one.set('fast', START);
  const later = open(START - 365 * DAY);
  assert.ok((later.planned?.at ?? 0) <= START - 365 * DAY + 90 * MINUTE);
});
