/**
 * What a guest writes at once is there as soon as the inviter knows the guest, also where digests named all of it
 * before (docs/spec/09-meeting.md, 4). Inviters who were away: `first-text.long.test.ts`.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SECOND } from '@tacet/base';
import { demonstrationParameters } from '@tacet/directory';
import { courseOf } from '../src/model-onion.ts';
import { modelledOnion } from '../src/onion.ts';
import { LabStage } from '../src/scenarios/lab-stage.ts';
import { arrived, linkOf } from '../src/scenarios/steps.ts';

const TEXTS = ['one', 'two', 'three'];

test('the first read of an answer is lost: what was written with it is there soon after the second', async () => {
  let loses = false;
  const lost = new WeakSet<object>();
  const stage = new LabStage('an answer is read late', modelledOnion, {
    network: { parameters: demonstrationParameters },
    onRequest: (who, { plan, frame }) => {
      const course = courseOf(frame);
      if (who !== 'alice' || plan.what !== 'read' || !loses || course === undefined) return;
      lost.add(course);
      loses = false;
    },
    drops: (_from, _to, packet) => {
      const course = packet === null ? undefined : courseOf(packet);
      return course !== undefined && lost.has(course);
    },
  });
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const link = await linkOf(stage, alice, 'bob');
  await stage.pass(15 * SECOND);
  loses = true;
  await bob.accept(link, 'alice');
  for (const text of TEXTS) await bob.send('alice', text);
  await stage.until('bob is known', async () =>
    (await alice.contacts()).some(({ name }) => name === 'bob'),
  );
  assert.equal(loses, false);
  const known = stage.world.now;
  await arrived(stage, alice, 'bob', TEXTS);
  const took = stage.world.now - known;
  assert.ok(took < 10 * SECOND, `${took} ms after bob was known`);
});
