/**
 * A full lock (docs/spec/21-lock.md, 3): a client of nobody goes on with the link, and hands it back. What
 * leaves is what leaves anyway: a frame in every slot of the same grid, no filler, no dialling.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE, type Millis, utf8 } from '@tacet/base';
import type { Person } from '../src/person.ts';
import type { LabStage } from '../src/scenarios/lab-stage.ts';
import { arrived, delivered, meet } from '../src/scenarios/steps.ts';
import { SLOW, slowStage } from './slow.ts';

interface Seen {
  readonly slots: Millis[];
  fillers: number;
  /** Everything that is no packet: dials, ends of links, rates. */
  readonly others: string[];
}

/** What leaves from now on, whichever client is driven. */
function watch(stage: LabStage, person: Person): Seen {
  const seen: Seen = { slots: [], fillers: 0, others: [] };
  let { client } = person;
  const hear = (): void => {
    const drain = client.drain.bind(client);
    client.drain = () => {
      const effects = drain();
      for (const effect of effects) {
        if (effect.kind === 'up' && effect.frame.kind === 'packet') {
          seen.slots.push(stage.world.now);
          if (!('packet' in effect.frame.frame)) seen.fillers += 1;
        } else if (['up', 'dial', 'hangup'].includes(effect.kind)) seen.others.push(effect.kind);
      }
      return effects;
    };
  };
  hear();
  Object.defineProperty(person, 'client', {
    get: () => client,
    set: (next: typeof client) => {
      client = next;
      hear();
    },
  });
  return seen;
}

/** Of the grid, to the ms: a slot left out is another number. */
function gaps({ slots }: Seen): Set<number> {
  return new Set(slots.slice(1).map((at, i) => Math.round(at - (slots[i] ?? 0))));
}

test('full lock: no slot is left out, nobody dials, and what was written before and meanwhile arrives', async () => {
  const stage = slowStage('full lock');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  const person = stage.personOf(alice);
  await alice.setLevel('strong');
  await stage.pass(90 * MINUTE);
  const seen = watch(stage, person);
  const fresh: string[] = [];
  for (let round = 0; round < 3; round++) {
    const before = await alice.send('bob', `before ${round}`);
    // Some of it is on its way, some is not.
    await stage.pass(round * 7_000);
    await person.lockFully();
    stage.world.pumpPerson(person);
    assert.deepEqual(person.client.contacts(), []);
    const sent = await bob.send('alice', `meanwhile ${round}`);
    await stage.pass(20 * MINUTE);
    assert.equal(person.client.status(stage.world.now).link, 'ready');
    person.unlock();
    stage.world.pumpPerson(person);
    await arrived(stage, alice, 'bob', fresh.concat(`meanwhile ${round}`));
    fresh.push(`meanwhile ${round}`);
    await delivered(stage, alice, [before.id]);
    await delivered(stage, bob, [sent.id]);
  }
  assert.ok(seen.slots.length > 700, `${seen.slots.length}`);
  assert.deepEqual(gaps(seen), new Set([SLOW.parameters.slotMs]));
  assert.deepEqual(seen.others, []);
  assert.equal(seen.fillers, 0);
});

test('full lock, control: a client that begins anew leaves slots out and dials', async () => {
  const stage = slowStage('full lock control');
  const alice = await stage.person('alice');
  const person = stage.personOf(alice);
  await alice.setLevel('strong');
  await stage.pass(90 * MINUTE);
  const seen = watch(stage, person);
  await stage.pass(MINUTE);
  await alice.kill();
  await alice.restart();
  await stage.pass(5 * MINUTE);
  assert.ok(gaps(seen).size > 1);
  assert.ok(seen.others.includes('dial'));
});

test('full lock: what is handed over names nobody, and holds no key, text or box of the profile', async () => {
  const stage = slowStage('handed over');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  await alice.send('bob', 'a text that is nobody else’s');
  await stage.pass(MINUTE);
  const person = stage.personOf(alice);
  const from = person.client.handOver(stage.world.now);
  const values = [...bytesIn(from)];
  assert.ok(values.length > 3, 'control: bytes are found');
  const secrets = person.store.all('SELECT value FROM settings').map(({ value }) => value);
  const rows = person.store.all("SELECT name FROM settings WHERE name IN ('network-card')");
  assert.equal(rows.length, 1, 'control');
  const shared = secrets.filter(
    (secret) => secret instanceof Uint8Array && values.some((one) => holds(one, secret)),
  );
  // The card, the edges, the level: what a rhythm needs.
  const named = person.store
    .all('SELECT name, value FROM settings')
    .filter(({ value }) => shared.includes(value as Uint8Array))
    .map(({ name }) => name);
  const allowed = ['network-card', 'guards', 'in-use', 'level', 'level-next', 'level-trail'];
  assert.deepEqual(
    named.filter((name) => !allowed.includes(String(name))),
    [],
  );
  for (const word of ['bob', 'alice', 'a text that']) {
    assert.ok(!values.some((one) => holds(one, utf8(word))), word);
  }
});

function* bytesIn(value: unknown, met = new Set<unknown>()): Generator<Uint8Array> {
  if (value instanceof Uint8Array) yield value;
  else if (typeof value === 'string') yield utf8(value);
  else if (typeof value === 'object' && value !== null && !met.has(value)) {
    met.add(value);
    const inside = value instanceof Map ? [...value.entries()].flat() : Object.values(value);
    for (const one of inside) yield* bytesIn(one, met);
  }
}

function holds(bytes: Uint8Array, part: unknown): boolean {
  return part instanceof Uint8Array && part.length > 0 && Buffer.from(bytes).includes(part);
}
