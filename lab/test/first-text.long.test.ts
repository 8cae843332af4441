/** What a guest wrote at once waits for an inviter who was away, and not for the guest (docs/spec/09-meeting.md, 4). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE, SECOND } from '@tacet/base';
import { demonstrationParameters } from '@tacet/directory';
import { modelledOnion } from '../src/onion.ts';
import { LabStage } from '../src/scenarios/lab-stage.ts';
import { arrived, linkOf } from '../src/scenarios/steps.ts';

const TEXTS = ['one', 'two', 'three'];
/** Edges tell the digests of an hour again. */
const AWAY: readonly (readonly [string, number])[] = [
  ['a quarter of an hour', 15 * MINUTE],
  ['three hours', 3 * HOUR],
];

for (const [long, away] of AWAY) {
  test(`an inviter away for ${long} soon has the texts of a guest who is gone by then`, async () => {
    const stage = new LabStage(`an inviter away for ${long}`, modelledOnion, {
      network: { parameters: demonstrationParameters },
    });
    const alice = await stage.person('alice');
    const bob = await stage.person('bob');
    const link = await linkOf(stage, alice, 'bob');
    await stage.pass(15 * SECOND);
    await alice.kill();
    await bob.accept(link, 'alice');
    for (const text of TEXTS) await bob.send('alice', text);
    await stage.pass(MINUTE);
    await bob.kill();
    await stage.pass(away);
    await alice.restart();
    await stage.until('bob is known', async () =>
      (await alice.contacts()).some(({ name }) => name === 'bob'),
    );
    const known = stage.world.now;
    await arrived(stage, alice, 'bob', TEXTS);
    const took = stage.world.now - known;
    assert.ok(took < 20 * SECOND, `${took} ms after bob was known`);
  });
}
