/** 13-client-view.md 4: own clock decides, network time only objects. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE, SECOND } from '@tacet/base';
import { defaultParameters } from '@tacet/directory';
import { ClockCheck, clockTolerance } from '../../src/network/clock-check.ts';

const P = defaultParameters;
const NOW = 500_000 * HOUR + 20 * MINUTE;

/** Two digests of each edge, `offsets` away from our clock. */
function heard(offsets: readonly number[], welcome: number | null = null): ClockCheck {
  const check = new ClockCheck();
  if (welcome !== null) check.onWelcome(NOW + welcome, NOW);
  for (const n of [1, 2]) {
    for (const [edge, offset] of offsets.entries()) check.onDigest(edge, n, NOW + offset, NOW);
  }
  return check;
}

test('before anything was heard, and within the tolerance, the own clock stands alone', () => {
  assert.equal(clockTolerance(P), MINUTE);
  assert.equal(new ClockCheck().ahead(P), null);
  assert.ok(new ClockCheck().agrees(P, NOW));
  const check = heard([-MINUTE, -30 * SECOND]);
  assert.equal(check.ahead(P), null);
  const boundary = 500_001 * HOUR - MINUTE;
  for (let at = boundary - 2 * MINUTE; at < boundary + 2 * MINUTE; at += SECOND) {
    assert.ok(check.agrees(P, at));
  }
});

test('five minutes off: the clocks disagree for five minutes of each epoch, whichever is ahead', () => {
  for (const ahead of [5 * MINUTE, -5 * MINUTE]) {
    const check = heard([-ahead, -ahead, -ahead]);
    assert.equal(check.ahead(P), ahead);
    let silent = 0;
    for (let at = NOW; at < NOW + HOUR; at += SECOND) if (!check.agrees(P, at)) silent += 1;
    assert.equal(silent, 300);
  }
});

test('an epoch or a day off: they never agree', () => {
  for (const ahead of [HOUR, -HOUR, 24 * HOUR, -24 * HOUR]) {
    const check = heard([-ahead, -ahead]);
    for (let at = NOW; at < NOW + HOUR; at += SECOND) assert.ok(!check.agrees(P, at));
  }
});

test('the median decides; of two edges the one nearer to the own clock', () => {
  assert.equal(heard([0, 0, -HOUR]).offset, 0);
  assert.equal(heard([-HOUR, -HOUR, 0]).offset, -HOUR);
  assert.equal(heard([-HOUR, -2 * SECOND]).offset, -2 * SECOND);
  assert.equal(heard([]).offset, null);
});

test('the welcome counts until digests do, and an edge that is gone has no say', () => {
  const check = heard([], -HOUR);
  assert.equal(check.ahead(P), HOUR);
  // The last digest of a dead edge, heard once from the hour of memory.
  check.onDigest(7, 1, NOW - 50 * MINUTE, NOW);
  assert.equal(check.ahead(P), HOUR);
  check.onDigest(1, 5, NOW, NOW);
  check.onDigest(1, 4, NOW - 5 * SECOND, NOW);
  assert.equal(check.ahead(P), HOUR);
  check.onDigest(1, 6, NOW + 4 * SECOND, NOW + 5 * SECOND);
  assert.equal(check.ahead(P), null);
});

test('a new link begins anew: the computer may have slept, or its clock was set', () => {
  const check = heard([-HOUR, -HOUR]);
  assert.equal(check.ahead(P), HOUR);
  check.onWelcome(NOW + 10, NOW);
  assert.equal(check.ahead(P), null);
});
