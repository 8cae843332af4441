/**
 * Half an hour of a network, twice: the same, but for one person who is silent in one and writes in the
 * other (docs/ops/metrics.md). What a monitoring program may read is the same, byte for byte.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE, type Millis } from '@tacet/base';
import { METRICS_STEP, MetricsExporter, totalsOf } from '@tacet/host/relay';
import { EdgeMachine } from '@tacet/relay';
import { modelledOnion } from '../src/onion.ts';
import type { Person } from '../src/person.ts';
import { Trace } from '../src/trace.ts';
import { type RelayNode, World } from '../src/world.ts';

const PEOPLE = 4;
const TEXTS = 20;
const LONG: Millis = 30 * MINUTE;
/** Packets a second; some 4 come, so load stands in the middle of the band from 10 to 25 %. */
const CAPACITY = 27;

interface Watched {
  /** Of every relay at every step. */
  readonly exports: readonly string[];
  /** Boxes written at all edges meanwhile. */
  readonly puts: number;
}

async function watch(options: {
  readonly writes: boolean;
  readonly slotMs: number;
  readonly forMs?: Millis;
}): Promise<Watched> {
  const { writes, slotMs, forMs = LONG } = options;
  const world = new World({
    seed: 11,
    trace: new Trace(),
    onion: modelledOnion,
    network: {
      parameters: {
        ...{
          epochMs: HOUR,
          keysAhead: 4,
          validEpochs: 3,
          digestMs: 5_000,
          delayMeanMs: slotMs / 5,
        },
        ...{ slotMs, inUseSlotMs: slotMs / 2 },
      },
    },
  });
  const people: Person[] = [];
  for (let i = 0; i < PEOPLE; i++) {
    const person = await world.addPerson(`person-${i}`);
    people.push(person);
    // In Balanced a period of use that nobody makes would double what one of four sends.
    person.client.levels.set('strong', true, world.now);
    person.client.joinNetwork(world.network.cardText, world.now);
    world.pumpPerson(person);
  }
  const [writer, reader] = people as [Person, Person];
  await meet(world, writer, reader);
  const begin = Math.ceil(world.now / METRICS_STEP) * METRICS_STEP;
  await world.run(begin);
  const exporters = world.relays.map((node) => ({ node, exporter: new MetricsExporter() }));
  const before = putsOf(world);
  if (writes) {
    for (let n = 0; n < TEXTS; n++) {
      world.time.at(begin + MINUTE + n * 80_000, () => write(world, writer, `text ${n}`));
    }
  }
  const exports: string[] = [];
  for (let at = begin; at <= begin + forMs; at += METRICS_STEP) {
    await world.run(at);
    for (const { node, exporter } of exporters) {
      exporter.step(reading(node));
      exports.push(exporter.text());
    }
  }
  return { exports, puts: putsOf(world) - before };
}

function reading(node: RelayNode) {
  const { machine } = node;
  const edge = machine instanceof EdgeMachine;
  return {
    version: '1',
    role: edge ? 'edge' : 'mix',
    ready: true,
    documentAge: 0,
    links: { up: 3, wanted: 3 },
    leaving: false,
    ...totalsOf(machine.counters.snapshot()),
    capacity: CAPACITY,
    clients: edge ? machine.load.links / 20 : null,
    memoryBytes: 2 ** 27,
    disk: 0.3,
  };
}

function putsOf(world: World): number {
  return world.relays.reduce(
    (sum, { machine }) => sum + (machine.counters.snapshot()['put'] ?? 0),
    0,
  );
}

async function meet(world: World, host: Person, guest: Person): Promise<void> {
  await world.run(world.now + 2 * MINUTE);
  const { id } = host.client.createInvitation({ label: guest.name }, world.now);
  world.pumpPerson(host);
  const link = () => host.client.invitations().find((one) => one.id === id)?.link ?? null;
  await world.run(world.now + 10 * MINUTE, () => link() !== null);
  guest.client.acceptInvitation({ link: link() ?? '', name: host.name }, world.now);
  world.pumpPerson(guest);
  const ready = () => host.client.contacts().some((one) => one.state === 'ready');
  await world.run(world.now + 20 * MINUTE, ready);
  assert.ok(ready());
}

function write(world: World, person: Person, text: string): void {
  const contact = person.client.contacts()[0];
  assert.ok(contact);
  person.client.setWindowInUse(true, world.now);
  person.client.sendText({ contactId: contact.id, text, clientId: null }, world.now);
  world.pumpPerson(person);
}

test("one person's activity leaves the export unchanged byte for byte; four times the load does not", async () => {
  const silent = await watch({ writes: false, slotMs: 2_000 });
  const writing = await watch({ writes: true, slotMs: 2_000 });
  assert.ok(silent.exports.some((text) => text.includes('tacet_relay_load_percent 10')));
  assert.ok(writing.puts > silent.puts + TEXTS, 'exact counters show the texts');
  assert.deepEqual(writing.exports, silent.exports);
  const busy = await watch({ writes: false, slotMs: 500, forMs: 2 * METRICS_STEP });
  assert.notDeepEqual(busy.exports, silent.exports.slice(0, busy.exports.length));
});
