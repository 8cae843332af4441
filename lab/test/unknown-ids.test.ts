/** Ids that name nothing: one clear answer, whatever they look like. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import { LabStage } from '../src/scenarios/lab-stage.ts';
import { meet } from '../src/scenarios/steps.ts';

const ODD = ['', 'x', 'nosuch', '0', '-1', '1.5', '1e0', '0x1', ' 1', '01', '7', '9'.repeat(40)];

test('an id that is no row is unknown, also when it is no number', async () => {
  const stage = new LabStage('unknown ids');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  const { client } = stage.personOf(alice);
  const { now } = stage.world;
  client.sendText({ contactId: 'bob', text: 'hello', clientId: 'one' }, now);
  const before = JSON.stringify([
    client.invitations(),
    client.messages({ contactId: '1', limit: 9 }),
  ]);
  for (const id of ODD) {
    const calls: readonly (readonly [string, () => unknown])[] = [
      ['invitation-unknown', () => client.revokeInvitation(id, now)],
      ['message-unknown', () => client.message(id)],
      ['message-unknown', () => client.messages({ contactId: '1', before: id, limit: 9 })],
      ['contact-unknown', () => client.contact(id)],
    ];
    for (const [code, call] of calls) {
      assert.throws(call, (error) => isAppError(error, code), `${code} for ${JSON.stringify(id)}`);
    }
  }
  const after = JSON.stringify([
    client.invitations(),
    client.messages({ contactId: '1', limit: 9 }),
  ]);
  assert.equal(after, before);
});
