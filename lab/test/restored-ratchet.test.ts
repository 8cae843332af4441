/** A restore with libsignal's ratchet (docs/spec/20-recovery.md, 9 and 10): it lies behind, and a new session takes its place. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE } from '@tacet/base';
import { fence } from '@tacet/client';
import { Layer, ModelPerson, pass } from '@tacet/testkit/model';
import { metOnce, sessionOf } from '../src/histories/met.ts';

test('rule 3.6: with libsignal a restored profile and its contact begin a new session and talk again', async () => {
  const met = await metOnce(true);
  const layer = new Layer('restored ratchet');
  layer.restore(met.layer);
  const person = (name: string, of: Uint8Array, seed = name): ModelPerson => {
    const one = new ModelPerson(name, layer, `restored ratchet/${seed}`, sessionOf(true));
    one.beginFrom(of);
    return one;
  };
  const alice = person('alice', met.stores[0]);
  const bob = person('bob', met.stores[1]);
  const say = (one: ModelPerson, text: string): string => {
    let id = '';
    one.act((client, now) => {
      id = client.sendText({ contactId: '1', text, clientId: null }, now).id;
    });
    return id;
  };
  const heard = (one: ModelPerson): string[] =>
    one.machine
      .messages({ contactId: '1', limit: 500 })
      .filter(({ direction, kind }) => direction === 'in' && kind === 'text')
      .map(({ text }) => text);
  await pass(layer, [alice, bob], 10 * MINUTE);
  const backup = { store: alice.store.copy(), at: layer.now };
  // In turns, so that the ratchet of the backup is left behind for good.
  for (let n = 0; n < 60; n++) {
    say(alice, `to ${n}`);
    say(bob, `from ${n}`);
    await pass(layer, [alice, bob], 4 * MINUTE);
  }
  assert.equal(heard(bob).length, 60);
  alice.stop();
  const waiting = say(bob, 'where are you?');
  await pass(layer, [bob], HOUR);
  const again = new ModelPerson('alice', layer, 'restored ratchet/again', sessionOf(true));
  again.store.restore(backup.store);
  fence(again.store, { number: 1, at: backup.at, withFiles: true }, layer.now);
  again.start();
  const said = say(again, 'here');
  await pass(layer, [again, bob], 2 * HOUR);
  assert.equal(again.machine.message(said).state, 'delivered');
  assert.equal(bob.machine.message(waiting).state, 'delivered');
  for (const [one, other] of [
    [again, bob],
    [bob, again],
  ] as const) {
    const id = say(one, 'and on');
    await pass(layer, [again, bob], 20 * MINUTE);
    assert.equal(one.machine.message(id).state, 'delivered');
    assert.equal(heard(other).at(-1), 'and on');
  }
  // Nobody had to be asked to write anything anew.
  const bad = [...again.alarms.keys(), ...bob.alarms.keys()];
  assert.deepEqual(
    bad.filter((code) => /undecryptable|duplicate|restore|box-taken|mismatch/.test(code)),
    [],
  );
});
