/** A ciphertext that its receiver's ratchet can no longer read is encrypted anew (decision 0034). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, hex } from '@tacet/base';
import type { SessionPort } from '@tacet/client';
import { LabStage } from '../src/scenarios/lab-stage.ts';
import { delivered, exactly, meet } from '../src/scenarios/steps.ts';

/** From now on, the first ciphertext this port is asked to read stays unreadable for ever. */
function forgetFirst(port: SessionPort): SessionPort {
  let forgotten: string | null = null;
  return {
    ...port,
    async decrypt(records, peer, ciphertext) {
      forgotten ??= hex(ciphertext);
      if (forgotten === hex(ciphertext)) {
        throw new AppError('session-undecryptable', 'input', 'its chain was forgotten');
      }
      return await port.decrypt(records, peer, ciphertext);
    },
  };
}

for (const [name, text] of [
  ['one box', 'a short text'],
  ['several boxes', 'long '.repeat(2_000)],
] as const) {
  test(`a forgotten ciphertext of ${name} arrives after all, once`, async () => {
    const stage = new LabStage(`renewal of ${name}`);
    const alice = await stage.person('alice');
    const bob = await stage.person('bob');
    await meet(stage, alice, bob);
    // Receipts of the meeting are through: what is read first now is the text.
    await stage.pass(20_000);
    const [sender, person] = stage.world.people;
    assert.ok(sender !== undefined && person !== undefined);
    (person as { session: SessionPort }).session = forgetFirst(person.session);
    const first = await alice.send('bob', text);
    await stage.pass(30_000);
    assert.equal((await alice.message(first.id)).state, 'stored');
    assert.equal((await bob.status()).deadLetters, 1);
    // What comes later goes round the hole, and its receipts tell of it.
    const second = await alice.send('bob', 'and another');
    await stage.pass(90_000);
    const third = await alice.send('bob', 'and a third');
    await delivered(stage, alice, [first.id, second.id, third.id]);
    await exactly(bob, 'alice', [text, 'and another', 'and a third']);
    const { evidence } = sender.client.message(first.id);
    assert.ok(evidence.some(({ what }) => what === 'renewed'));
    assert.equal((await bob.status()).deadLetters, 0);
  });
}
