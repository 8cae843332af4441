/** Content waits for the answer to an own box (docs/spec/10-store.md, 7), and not for ever. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, MINUTE, type Millis, SECOND } from '@tacet/base';
import { patienceOf } from '@tacet/client';
import { defaultParameters, demonstrationParameters, type Parameters } from '@tacet/directory';
import { courseOf } from '../src/model-onion.ts';
import { modelledOnion } from '../src/onion.ts';
import { LabStage } from '../src/scenarios/lab-stage.ts';
import { arrived, meet } from '../src/scenarios/steps.ts';

/** Slots by which the wait may begin before the link is called ready, and a text leave after it. */
const BEFORE = 2;
const AFTER = 4;

/** @returns from the link of a start, at which no own box is answered, to a text's first box */
async function wait(parameters: Parameters): Promise<Millis> {
  let deaf = false;
  const left: Millis[] = [];
  const lost = new WeakSet<object>();
  const stage = new LabStage('own box lost', modelledOnion, {
    network: { parameters },
    onRequest: (name, { plan, slot, frame }) => {
      if (name !== 'alice' || !deaf || plan.request.kind !== 'put') return;
      const course = courseOf(frame);
      if (plan.what === 'put') left.push(slot);
      else if (plan.what === 'control' && course !== undefined) lost.add(course);
    },
    drops: (_from, _to, packet) => {
      const course = packet === null ? undefined : courseOf(packet);
      return course !== undefined && lost.has(course);
    },
  });
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  await stage.pass(MINUTE);
  await alice.kill();
  deaf = true;
  await alice.restart();
  await stage.until('the link stands', async () => (await alice.status()).link === 'ready');
  const from = stage.world.now;
  await alice.send('bob', 'nobody answered');
  await stage.until('it leaves', async () => left.length > 0);
  await arrived(stage, bob, 'alice', ['nobody answered']);
  return (left[0] ?? Number.NaN) - from;
}

const CROWD: Parameters = { ...defaultParameters, epochMs: DAY, poolFloor: 0 };
const NETWORKS: readonly (readonly [string, Parameters])[] = [
  ['of a demonstration', demonstrationParameters],
  ['of a network with a crowd', CROWD],
];

for (const [name, parameters] of NETWORKS) {
  test(`content waits for an own box nobody answers as long as rates ${name} say`, async () => {
    const longest = patienceOf(parameters);
    const waited = await wait(parameters);
    assert.ok(waited >= longest - BEFORE * parameters.slotMs, `${waited} ms of ${longest}`);
    assert.ok(waited <= longest + AFTER * parameters.slotMs, `${waited} ms of ${longest}`);
  });
}

test('a demonstration waits 23 s, no network longer than a minute', () => {
  assert.equal(Math.round(patienceOf(demonstrationParameters) / SECOND), 23);
  assert.equal(patienceOf(defaultParameters), MINUTE);
  assert.equal(patienceOf({ ...defaultParameters, loopPermille: 0 }), MINUTE);
});
