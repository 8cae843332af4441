/**
 * What one's own edge, and whoever watches the line, sees of a person in Strong: the same frames
 * at the same instants whatever the person does. Exact equality, not a statistic.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE, randomBetween, SECOND } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import { meet } from '../../src/scenarios/steps.ts';
import { linkOfPerson, watched } from './watch.ts';

type State = 'idle' | 'typing' | 'burst' | 'window';

/** What `view` gave: the same every time it is asked for. */
const views = new Map<State, Promise<string[]>>();

function usual(state: State): Promise<string[]> {
  const known = views.get(state) ?? view(state);
  views.set(state, known);
  return known;
}

/** Ten minutes of Alice's link in one state; `impatient`: her client sends when it wants. */
async function view(state: State, impatient = false): Promise<string[]> {
  const { stage, rows } = watched('own edge', { parameters: { digestMs: 5 * SECOND } });
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  await alice.setLevel('strong');
  await stage.pass(MINUTE);
  const { world } = stage;
  const person = stage.personOf(alice);
  const from = world.now;
  const rng = seededRng('typing');
  const write = (text: string): void => {
    person.client.sendText({ contactId: 'bob', text, clientId: text }, world.now);
    if (impatient) {
      const { client } = person;
      const drain = client.drain.bind(client);
      client.drain = () => {
        client.drain = drain;
        return [...drain(), { kind: 'up', frame: { kind: 'rate', slotMs: 500 } }];
      };
    }
    world.pumpPerson(person);
  };
  if (state === 'typing') {
    for (let n = 0; n < 20; n++) {
      world.time.at(randomBetween(rng, from, from + 9 * MINUTE), () => write(`text ${n}`));
    }
  }
  if (state === 'burst') for (let n = 0; n < 200; n++) write(`burst ${n} ${'x'.repeat(n * 20)}`);
  if (state === 'window') {
    for (let n = 0; n < 9; n++) {
      world.time.at(from + n * MINUTE + SECOND, () => {
        person.client.setWindowInUse(true, world.now);
        person.client.markRead('bob', world.now);
        world.pumpPerson(person);
      });
    }
  }
  await stage.pass(10 * MINUTE);
  if (state === 'burst' && !impatient) {
    assert.ok(person.client.message('1').state !== 'queued', 'it did work meanwhile');
  }
  return linkOfPerson(rows, person, from);
}

test("rule 2.2: own edge's view in Strong is the same whether a person is idle, types or bursts 200 texts", async () => {
  const idle = await usual('idle');
  assert.ok(idle.length > 3_000);
  for (const state of ['typing', 'burst', 'window'] as const) {
    const busy = await usual(state);
    assert.deepEqual(busy, idle, state);
  }
});

test('rule 2.2: the same comparison catches a client that sends when it wants', async () => {
  assert.notDeepEqual(await view('typing', true), await usual('idle'));
});

test('rule 2.2: up frames of a Strong client lie on one grid, and all frames have one size', async () => {
  const rows = (await usual('burst')).map((row) => row.split(' '));
  const ups = rows.filter(([, way]) => way === 'up').map(([at]) => Number(at));
  for (const [i, at] of ups.slice(1).entries()) {
    assert.ok(Math.abs(at - (ups[i] ?? 0) - 500) < 1e-6);
  }
  assert.deepEqual(new Set(rows.map(([, , bytes]) => bytes)), new Set(['12288']));
});

test('mixnet case (21): after sleep there is no catch-up, and the grid begins anew', async () => {
  const { stage, rows } = watched('sleep');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  const person = stage.personOf(alice);
  const { client } = person;
  // The machine sleeps: nothing calls it for ten minutes, then it is late for its slot.
  const advance = client.advance.bind(client);
  const asleep = stage.world.now + 10 * MINUTE;
  for (let n = 0; n < 30; n++) await alice.send('bob', `before sleep ${n}`);
  client.advance = (now) => {
    if (now >= asleep) advance(now);
  };
  client.deadline = (
    (own) => () =>
      Math.max(own() ?? 0, asleep)
  )(client.deadline.bind(client));
  await stage.pass(10 * MINUTE + 20 * SECOND);
  const late = linkOfPerson(rows, person, asleep).filter((row) => row.includes('up'));
  assert.ok(late.length <= 41, `${late.length} frames in 20 s at two a second`);
});
