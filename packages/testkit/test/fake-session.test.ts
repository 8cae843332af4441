import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Person } from '@tacet/client/acceptance/person';
import { sessionPortSuite } from '@tacet/client/acceptance/session-port';
import { createFakeSession } from '../src/fake-session.ts';
import { seededRng } from '../src/rng.ts';

sessionPortSuite('fake', () => createFakeSession(seededRng(7)));

test('the same seed gives the same bytes', async () => {
  const run = async (): Promise<string> => {
    const port = createFakeSession(seededRng(5));
    const ann = await Person.create(port);
    const bob = await Person.create(port);
    await ann.meet('bob', (await bob.invite()).bundle);
    const first = await ann.send('bob', new Uint8Array(9));
    await bob.receive('ann', first);
    const answer = await bob.send('ann', new Uint8Array(50));
    return `${first.length} ${answer.length} ${first.toHex()}${answer.toHex()}`;
  };
  const once = await run();
  assert.equal(await run(), once);
  assert.ok(once.startsWith('1764 153 '));
});
