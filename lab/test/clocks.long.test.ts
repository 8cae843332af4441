/** A client whose clock is wrong, as 13-client-view.md 4 has it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, MINUTE, type Millis } from '@tacet/base';
import { epochAt } from '@tacet/directory';
import type { TestNetworkOptions } from '@tacet/testkit';
import type { Person } from '../src/person.ts';
import type { LabStage } from '../src/scenarios/lab-stage.ts';
import { delivered, meet } from '../src/scenarios/steps.ts';
import { slowStage } from './slow.ts';

const HOURLY: TestNetworkOptions = {
  parameters: {
    epochMs: HOUR,
    keysAhead: 3,
    validEpochs: 3,
    slotMs: 5_000,
    inUseSlotMs: 5_000,
    delayMeanMs: 1_000,
    digestMs: 5_000,
    secondCopyMinMs: 5_000,
    secondCopyMaxMs: 60_000,
  },
};

interface Up {
  readonly at: Millis;
  readonly filler: boolean;
  readonly epoch: number;
}

/** Every frame that `name` sends from now on: when, and for which epoch. */
function watchFrames(stage: LabStage, name: string): Up[] {
  const seen: Up[] = [];
  const person = stage.world.people.find((one) => one.name === name);
  assert.ok(person !== undefined);
  const { client } = person;
  const drain = client.drain.bind(client);
  client.drain = () => {
    const effects = drain();
    for (const effect of effects) {
      if (effect.kind !== 'up' || effect.frame.kind !== 'packet') continue;
      // In the model a packet is a handle; filler is a whole frame.
      const { packet } = effect.frame.frame as { packet?: { path: { epoch: number } } };
      const epoch = packet?.path.epoch ?? 0;
      seen.push({ at: stage.world.now, filler: packet === undefined, epoch });
    }
    return effects;
  };
  return seen;
}

/** As the daemon does it when the clock was set: the link ends, the machine is told the time. */
function setClock(stage: LabStage, person: Person, skew: Millis): void {
  person.skew = skew;
  person.wakeAt = Infinity;
  stage.world.hangUp(person);
  person.client.advance(stage.world.clockOf(person));
  stage.world.pumpPerson(person);
}

async function withSkew(seed: string, skew: Millis) {
  const stage = slowStage(seed, HOURLY);
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  const person = stage.personOf(alice);
  setClock(stage, person, skew);
  const frames = watchFrames(stage, 'alice');
  return { stage, alice, bob, person, frames };
}

const bound = (stage: LabStage, { at }: Up): number =>
  epochAt(stage.world.network.parameters, at + MINUTE);

for (const skew of [5 * MINUTE, -5 * MINUTE]) {
  test(`a clock ${skew / MINUTE} min off: no packet of a wrong epoch, messages wait around a full epoch`, async () => {
    const { stage, alice, bob, frames } = await withSkew(`five ${skew}`, skew);
    await stage.pass(2 * MINUTE);
    const { clockAhead, pause } = await alice.status();
    assert.ok(clockAhead !== null && Math.abs(clockAhead - skew) < 20_000, String(clockAhead));
    assert.equal(pause, null);
    const first = await alice.send('bob', 'with a wrong clock');
    await delivered(stage, alice, [first.id]);
    await stage.pass(2 * HOUR);
    const packets = frames.filter(({ filler }) => !filler);
    // To the tolerance of honest clocks around the boundary.
    for (const frame of packets) {
      const epochs = [-20_000, 20_000].map((by) => bound(stage, { ...frame, at: frame.at + by }));
      assert.ok(epochs.includes(frame.epoch), `${frame.epoch}`);
    }
    const share = 1 - packets.length / frames.length;
    assert.ok(share > 0.06 && share < 0.11, `filler ${share}`);
    const told = (await alice.message(first.id)).sentAt;
    const [heard] = await bob.messages('alice');
    assert.ok(Math.abs((heard?.sentAt ?? 0) - (told - skew)) < 20_000);
    assert.equal((heard?.sentAt ?? 0) % 1_000, 0);
  });
}

for (const skew of [HOUR, -HOUR, DAY, -DAY]) {
  test(`a clock ${skew / HOUR} h off: filler only, said in status, and all goes on when it is set right`, async () => {
    const { stage, alice, person, frames } = await withSkew(`far ${skew}`, skew);
    const { id } = await alice.send('bob', 'waits for a right clock');
    await stage.pass(20 * MINUTE);
    const { clockAhead, pause, link } = await alice.status();
    assert.ok(clockAhead !== null && Math.abs(clockAhead - skew) < 20_000, String(clockAhead));
    assert.equal(pause, 'clock');
    assert.equal(link, 'limited');
    assert.equal(frames.filter(({ filler }) => !filler).length, 0);
    // One frame a slot, as ever.
    assert.ok(Math.abs(frames.length - 240) <= 4, `${frames.length} frames`);
    setClock(stage, person, 0);
    await delivered(stage, alice, [id]);
    assert.equal((await alice.status()).clockAhead, null);
  });
}

test('a clock set to another year throws nothing away', async () => {
  const { stage, alice, bob, person } = await withSkew('a year', 365 * DAY);
  const { id } = await bob.send('alice', 'kept for you');
  await stage.pass(3 * HOUR);
  setClock(stage, person, 0);
  await stage.until(
    'it is there after all',
    async () => (await bob.message(id)).state === 'delivered',
    HOUR,
  );
  assert.equal((await alice.messages('bob')).length, 1);
});
