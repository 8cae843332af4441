/** Edges that lie: about what is taken, about time, about what was filled. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE, SECOND } from '@tacet/base';
import type { StoreCommand, StoreResult } from '@tacet/relay';
import type { Mark } from '@tacet/wire';
import { modelledOnion } from '../../src/onion.ts';
import { LabStage } from '../../src/scenarios/lab-stage.ts';
import { arrived, delivered, exactly, meet } from '../../src/scenarios/steps.ts';
import type { RelayNode } from '../../src/world.ts';
import { slowStage } from '../slow.ts';
import { announce } from './announce.ts';

function edges(stage: LabStage): RelayNode[] {
  return stage.world.relays.filter((node) => node.relay.role === 'edge');
}

/** Lets `change` answer puts of one edge. */
function answerPuts(node: RelayNode, change: (honest: () => StoreResult) => StoreResult): void {
  const run = node.boxes.run.bind(node.boxes);
  node.boxes.run = (command: StoreCommand) =>
    command.kind === 'put' ? change(() => run(command)) : run(command);
}

test('an edge that calls every box taken does not make a daemon write for ever', async () => {
  // Who was away passes over five absent boxes in a row; behind more, texts wait until the pages of
  // the last hour have come, oldest last.
  const stage = new LabStage('taken', modelledOnion, { patience: HOUR });
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  await stage.pass(MINUTE);
  await bob.kill();
  const [liar] = edges(stage);
  assert.ok(liar !== undefined);
  answerPuts(liar, () => ({ kind: 'put', result: { outcome: 'taken' } }));
  const texts = ['one', 'two', 'three'];
  const ids = [];
  for (const text of texts) ids.push((await alice.send('bob', text)).id);
  await stage.pass(15 * MINUTE);
  const { client } = stage.personOf(alice);
  for (const id of ids) {
    const moves = client.message(id).evidence.filter((one) => one.what === 'moved').length;
    assert.ok(moves <= 8, `${moves} moves`);
    assert.equal((await alice.message(id)).state, 'stored');
  }
  await bob.restart();
  await delivered(stage, alice, ids);
  await exactly(bob, 'alice', texts);
});

test('rule 3.5: the watchdog reports no progress while there is work and nothing moves', async () => {
  const stage = new LabStage('watchdog');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  await stage.pass(MINUTE);
  // All else is answered: cover, reads, copies.
  for (const node of edges(stage))
    answerPuts(node, () => ({ kind: 'put', result: { outcome: 'taken' } }));
  await alice.send('bob', 'stuck');
  await stage.pass(4 * MINUTE);
  assert.ok((await alice.status()).stalled);
  assert.deepEqual(stage.personOf(alice).alarms.filter((code) => code === 'no-progress').length, 1);
  assert.ok(!(await bob.status()).stalled);
});

test('rule 2.4: a digest from the far future changes nothing', async () => {
  const stage = slowStage('future digest');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  announce(stage, stage.personOf(bob), new Uint8Array(8).fill(7) as Mark, { number: 2 ** 40 });
  await stage.pass(20 * SECOND);
  await bob.kill();
  await alice.send('bob', 'while you were away');
  await stage.pass(3 * HOUR);
  await bob.restart();
  await arrived(stage, bob, 'alice', ['while you were away']);
});

test('a text that can never be decrypted is not sent for ever, and blocks nothing', async () => {
  const stage = slowStage('poison');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  const person = stage.personOf(bob);
  const { decrypt } = person.session;
  let tries = 0;
  person.session.decrypt = (records, peer, ciphertext) => {
    if (!Buffer.from(ciphertext).includes('poison')) return decrypt(records, peer, ciphertext);
    tries += 1;
    return Promise.reject(new Error('broken'));
  };
  await alice.send('bob', 'poison');
  const after = [];
  for (const text of ['a', 'b', 'c']) after.push((await alice.send('bob', text)).id);
  await delivered(stage, alice, after);
  const texts = ['a', 'b', 'c'];
  for (let n = 0; n < 30; n++) {
    texts.push(`more ${n}`);
    await alice.send('bob', `more ${n}`);
    await stage.pass(6 * MINUTE);
  }
  await exactly(bob, 'alice', texts);
  assert.ok(tries > 1 && tries <= 8, `${tries} tries in 3 h`);
});
