/** A ciphertext that its receiver's ratchet can no longer read is encrypted anew (decision 0034). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, hex } from '@tacet/base';
import type { SessionPort } from '@tacet/client';
import { LabStage } from '../src/scenarios/lab-stage.ts';
import { delivered, exactly, meet } from '../src/scenarios/steps.ts';

/** From now on, the first so many ciphertexts this port is asked to read stay unreadable for ever. */
function forgetFirst(port: SessionPort, count: number): SessionPort {
  const forgotten = new Set<string>();
  return {
    ...port,
    async decrypt(records, peer, ciphertext) {
      if (forgotten.size < count) forgotten.add(hex(ciphertext));
      if (forgotten.has(hex(ciphertext))) {
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
  test(`a forgotten ciphertext of ${name} is named, encrypted anew and arrives, once`, async () => {
    const stage = new LabStage(`renewal of ${name}`);
    const alice = await stage.person('alice');
    const bob = await stage.person('bob');
    await meet(stage, alice, bob);
    // Receipts of the meeting are through: what is read first now is the text.
    await stage.pass(20_000);
    const [sender, person] = stage.world.people;
    assert.ok(sender !== undefined && person !== undefined);
    (person as { session: SessionPort }).session = forgetFirst(person.session, 3);
    const { id } = await alice.send('bob', text);
    // Nobody writes anything more: what Bob cannot read he names by himself.
    await delivered(stage, alice, [id]);
    await exactly(bob, 'alice', [text]);
    const { evidence } = sender.client.message(id);
    const renewed = evidence.filter(({ what }) => what === 'renewed').length;
    // Parts of two encryptions that were tried together count as one of the three.
    assert.ok(renewed === 2 || renewed === 3, `renewed ${renewed} times`);
    assert.equal((await bob.status()).deadLetters, 0);
  });
}
