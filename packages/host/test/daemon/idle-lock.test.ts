/** Windows lock by themselves when nobody touched anything (docs/spec/21-lock.md, 1). */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { MINUTE } from '@tacet/base';
import { IdleLock } from '../../src/daemon/idle-lock.ts';
import type { Caller } from '../../src/daemon/index.ts';

const command: Caller = { kind: 'socket' };
const page: Caller = { kind: 'window', session: 'a' };
const bot: Caller = { kind: 'socket', token: { id: '1', contacts: null } };

function setUp(t: TestContext) {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let now = 1_000_000;
  let locks = 0;
  const idle = new IdleLock(
    () => now,
    () => {
      locks += 1;
    },
  );
  t.after(() => idle.stop());
  const pass = (ms: number) => {
    for (const end = now + ms; now < end; ) {
      now += 5_000;
      t.mock.timers.tick(5_000);
    }
  };
  const step = (ms: number) => {
    now += ms;
  };
  return { idle, pass, step, locks: () => locks };
}

test('windows lock once, after so many minutes without a touch, and not before', (t) => {
  const { idle, pass, locks } = setUp(t);
  idle.set(15);
  pass(15 * MINUTE - 5_000);
  assert.equal(locks(), 0);
  pass(5_000);
  assert.equal(locks(), 1);
  pass(60 * MINUTE);
  assert.equal(locks(), 1);
});

test('a command and a touched window count; what programs ask by themselves does not', (t) => {
  for (const [touches, method, params, caller] of [
    [true, 'message.send', {}, command],
    [true, 'window.heartbeat', { visible: true, touched: true }, page],
    [false, 'window.heartbeat', { visible: true }, page],
    [false, 'message.list', { contactId: '1' }, page],
    [false, 'status', {}, command],
    [false, 'events.read', {}, command],
    [false, 'message.send', {}, bot],
    [false, 'message.send', {}, { kind: 'inside' }],
  ] as const) {
    const { idle, pass, locks } = setUp(t);
    idle.set(2);
    pass(MINUTE);
    idle.heard(method, params, caller);
    pass(MINUTE);
    assert.equal(locks(), touches ? 0 : 1, `${method} of ${caller.kind}`);
    idle.stop();
    t.mock.timers.reset();
  }
});

test('never means never, a new time begins now, and sleep is time in which nobody touched anything', (t) => {
  const { idle, pass, step, locks } = setUp(t);
  idle.set(0);
  pass(60 * MINUTE);
  assert.equal(locks(), 0);
  idle.set(10);
  pass(9 * MINUTE);
  idle.set(10);
  pass(9 * MINUTE);
  assert.equal(locks(), 0);
  // A clock that was set back makes it no longer than ten minutes from then.
  step(-60 * MINUTE);
  pass(9 * MINUTE);
  assert.equal(locks(), 0);
  step(8 * 60 * MINUTE);
  pass(5_000);
  assert.equal(locks(), 1);
});
