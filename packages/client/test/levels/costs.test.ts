/** What levels cost and take, against the table of the design. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SECOND } from '@tacet/base';
import { defaultParameters } from '@tacet/directory';
import { levelFacts } from '../../src/levels/costs.ts';

const NONE = { n: 0, p50: null, p95: null };
const facts = (level: 'strong' | 'balanced', receipt: object = NONE) =>
  levelFacts(level, defaultParameters, 5, { level, stored: NONE, receipt: receipt as typeof NONE });
const GB = 1e9;

test('at T = 2 s Strong costs 0.55 GB up and 1.1 GB down a day, whatever is done', () => {
  const { up, down } = facts('strong');
  assert.deepEqual(up.least, up.most);
  assert.ok(Math.abs(up.most / GB - 0.55) < 0.01 && Math.abs(down.most / GB - 1.1) < 0.02);
});

test('Balanced costs as much as Strong at least, and twice that at most', () => {
  const strong = facts('strong');
  assert.equal(facts('balanced').up.least, strong.up.least);
  assert.equal(facts('balanced').down.most, 2 * strong.down.most);
});

test('delivery is worked out while nothing was measured, and says so', () => {
  const strong = facts('strong').delivery;
  const balanced = facts('balanced').delivery;
  assert.equal(strong.from, 'parameters');
  assert.equal(strong.p95, null);
  assert.ok(strong.typical > 10 * SECOND && strong.typical < 13 * SECOND, `${strong.typical} ms`);
  assert.ok(balanced.typical > 3.5 * SECOND && balanced.typical < 5 * SECOND);
  const measured = { n: 7, p50: 9_000, p95: 12_000 };
  assert.deepEqual(facts('strong', measured).delivery, {
    typical: 9_000,
    p95: 12_000,
    from: 'receipt',
  });
});

test('Strong shows nothing more than that it runs; Balanced shows when a window is in use', () => {
  assert.deepEqual(facts('strong').shows, []);
  assert.deepEqual(
    facts('balanced').shows.map(({ to, code }) => `${to}: ${code}`),
    ['own-edge: in-use', 'contact-with-own-edge: correlates'],
  );
});
