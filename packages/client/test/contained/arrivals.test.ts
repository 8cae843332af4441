/** What a contact sent and a mistake of ours cannot save ends nothing, holds up nothing, is shown. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, MINUTE } from '@tacet/base';
import { pair, sayApart } from './pair.ts';
import { faultsOf, lettersOf, MISTAKES, POISON, Poison, textsIn } from './poison.ts';

test('a content that cannot be saved is a dead letter, receipted, and all others arrive in order', async () => {
  const [world, alice, bob] = await pair('contained');
  const faults = faultsOf(bob);
  for (const [n, mistake] of MISTAKES.entries()) {
    const fault = new Poison(mistake);
    bob.store.fault = fault;
    await sayApart(world, alice, `${n} one`, `${n} two`, `${n} three ${POISON}`, `${n} four`);
    await world.run(30 * MINUTE);
    assert.deepEqual(textsIn(bob).slice(-3), [`${n} one`, `${n} two`, `${n} four`]);
    assert.ok(fault.times >= 2 && fault.times <= 3, 'tried again once, and never after that');
    assert.equal(alice.machine.status(world.now).outbox, 0, 'all are receipted');
  }
  const three = MISTAKES.map(() => 'content-failed');
  assert.deepEqual(
    lettersOf(bob),
    three.map((reason) => [reason, 'dead']),
  );
  assert.deepEqual(faults, three);
  assert.equal(bob.alarms.get('content-failed'), 3);
  assert.equal(bob.machine.counters()['content-failed'], 3);
  await sayApart(world, bob, 'back');
  await world.run(10 * MINUTE);
  assert.deepEqual(textsIn(alice), ['back'], 'and the other direction goes on');
});

test('what was contained stays so over a restart, and is read when a later version can', async () => {
  const [world, alice, bob] = await pair('contained and read');
  faultsOf(bob);
  bob.store.fault = new Poison();
  await sayApart(world, alice, `a ${POISON}`, 'b');
  await world.run(30 * MINUTE);
  const [letter] = bob.machine.letters.list(null);
  assert.ok(letter);
  assert.deepEqual([letter.canRetry, letter.direction], [true, 'in']);
  assert.match(letter.why, /could not be saved/);
  bob.stop();
  bob.start();
  await world.run(5 * MINUTE);
  assert.deepEqual(lettersOf(bob), [['content-failed', 'dead']]);
  const retry = () => world.ask(bob, (client, now) => client.letters.retry(letter.id, now));
  assert.deepEqual([retry().state, retry().tries], ['dead', 2], 'still not');
  bob.store.fault = null;
  assert.equal(retry().state, 'over');
  assert.deepEqual(
    world.ask(bob, (client) =>
      client.messages({ contactId: 'alice', limit: 9 }).map(({ text }) => text),
    ),
    [`a ${POISON}`, 'b'],
    'and stands where it belongs',
  );
});

test('a disk that fails contains nothing: it ends the profile, and the next start saves all', async () => {
  const [world, alice, bob] = await pair('disk');
  const errors = [
    () => new AppError('disk-full', 'storage', 'x'),
    () => Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_WRITE' }),
    () => Object.assign(new Error('malformed'), { code: 'SQLITE_CORRUPT' }),
    () => Object.assign(new Error('locked'), { code: 'SQLITE_BUSY' }),
  ];
  for (const [n, error] of errors.entries()) {
    const fault = new Poison(error);
    bob.store.fault = fault;
    await sayApart(world, alice, `${POISON} ${n}`, `after ${n}`);
    await assert.rejects(world.run(30 * MINUTE));
    assert.equal(fault.times, 1, 'not asked twice');
    bob.store.fault = null;
    bob.stop();
    bob.start();
    await world.run(30 * MINUTE);
  }
  assert.deepEqual(
    textsIn(bob),
    errors.flatMap((_, n) => [`${POISON} ${n}`, `after ${n}`]),
  );
  assert.deepEqual(lettersOf(bob), []);
});
