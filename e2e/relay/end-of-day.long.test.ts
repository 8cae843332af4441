/**
 * The end of boxes: an erased record with the next day, the rest with its own, from disk and memory
 * of every relay. They are the shipped program, and their wall clocks are set on by whole days.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { signTombstone } from '@tacet/wire';
import { makeBox, randomSeed, type TestBox } from './lib/boxes.ts';
import { readBelow } from './lib/files.ts';
import { findInMemory, type Pattern } from './lib/memory.ts';
import type { PacketClient } from './lib/packet-client.ts';
import type { ProcessNetwork } from './lib/processes.ts';
import { startStage } from './lib/stage.ts';
import { formsOfBox, isAnswered } from './seized/boxes.ts';

const LIFE = 2;
const EPOCH = 12_000;
const GRACE = 1_000;
/** For what takes a moment, on a busy machine. */
const PATIENCE = 20_000;
/**
 * What memory may keep it keeps until the end of the next grace that comes 20 s or more after the last
 * write (docs/spec/05-boxes.md, 10); that a day ended is a write, too.
 */
const IN_MEMORY = 20_000 + EPOCH + GRACE + PATIENCE;
const skip = process.platform === 'linux' ? false : 'memory of processes is read through /proc';

let network: ProcessNetwork;
let client: PacketClient;

before(async () => {
  const clock = new URL('./seized/days.mjs', import.meta.url);
  const options = process.env['NODE_OPTIONS'];
  process.env['NODE_OPTIONS'] = `${options ?? ''} --import=${clock.href}`;
  ({ network, client } = await startStage({
    set: {
      epochMs: EPOCH,
      graceMs: GRACE,
      keysAhead: 3,
      validEpochs: 3,
      slotMs: 50,
      inUseSlotMs: 50,
      digestMs: 1_000,
      delayMeanMs: 20,
      boxLifeDays: LIFE,
    },
  }));
});
after(async () => {
  client?.close();
  await network?.close();
});

/** Boxes that were written, and half of them marked for erasure. */
async function writeSome(): Promise<{ erased: TestBox[]; kept: TestBox[] }> {
  const { networkId } = (await client.document()).document;
  const erased: TestBox[] = [];
  const kept: TestBox[] = [];
  const written = Array.from({ length: 60 }, async (_, i) => {
    const seed = randomSeed();
    const box = makeBox(networkId, i, seed);
    const [edge] = client.home(box.mark);
    const put = { kind: 'put', record: box.record } as const;
    if (!(await isAnswered(client, edge, put, 'stored'))) return;
    if (i % 2 === 0) {
      kept.push(box);
      return;
    }
    const signature = signTombstone(seed, networkId);
    const tombstone = { kind: 'tombstone', id: box.id, signature } as const;
    if (await isAnswered(client, edge, tombstone, 'stored')) erased.push(box);
  });
  await Promise.all(written);
  return { erased, kept };
}

function passDays(days: number): Promise<void> {
  const one = async (): Promise<void> => {
    for (const name of network.names) process.kill(network.pid(name), 'SIGUSR2');
    // Signals that come together count as one.
    await pause(200);
  };
  return Array.from({ length: days }).reduce<Promise<void>>(
    (before) => before.then(one),
    Promise.resolve(),
  );
}

function patternsOf(boxes: readonly TestBox[], forms: readonly string[]): Pattern[] {
  return boxes.flatMap(formsOfBox).filter(({ name }) => forms.includes(name));
}

/** Names of patterns found, as often as there are patterns of that name. */
function onDisk(patterns: readonly Pattern[]): string[] {
  const files = readBelow(network.dir);
  const found = patterns.filter(({ bytes }) => files.some((file) => file.bytes.includes(bytes)));
  return found.map(({ name }) => name);
}

/** Forms that are found in a relay, each with its name. */
function inMemory(patterns: readonly Pattern[]): string[] {
  return network.names.flatMap((name) =>
    [...findInMemory(network.pid(name), patterns)].map((form) => `${name}: ${form}`),
  );
}

/** What is still found when it had time to go. */
async function left(look: () => readonly string[], patience: number): Promise<readonly string[]> {
  const end = Date.now() + patience;
  for (;;) {
    const found = look();
    if (found.length === 0 || Date.now() > end) return found;
    await pause(200);
  }
}

const RECORD = ['id', 'signature', 'content'];
/** Not the bytes of marks, which stand in digests: everybody was told them. */
const ALL = [...RECORD, 'mark, an integer', 'mark, two floats', 'mark, hex'];

const COMPILED = 'mark, two small integers';
const MOMENTS = 1;

test('when its day has come nothing of a box is in memory or on disk of any relay', {
  skip,
}, async () => {
  const { erased, kept } = await writeSome();
  assert.ok(erased.length >= 15 && kept.length >= 15, `${erased.length}, ${kept.length} boxes`);
  const all = [...erased, ...kept];
  const records = patternsOf(all, RECORD);
  assert.equal(onDisk(records).length, records.length, 'control: every record is found on disk');
  const numbers = inMemory(patternsOf(all, ALL));
  assert.ok(numbers.length > 0, 'control: forms of marks are found in memory');

  await passDays(1);
  const erasedForms = patternsOf(erased, RECORD);
  assert.deepEqual(await left(() => onDisk(erasedForms), PATIENCE), []);
  assert.deepEqual(await left(() => inMemory(erasedForms), IN_MEMORY), []);
  const live = patternsOf(kept, RECORD);
  assert.equal(onDisk(live).length, live.length, 'the others stay');
  const known = patternsOf(erased, ['mark']);
  assert.equal(onDisk(known).length, known.length, 'and so do marks of the erased');
  assert.ok(inMemory(known).length > 0, 'control: marks are found in memory');

  await passDays(LIFE);
  const marks = patternsOf(all, ['mark']);
  assert.deepEqual(await left(() => onDisk([...records, ...marks]), PATIENCE), []);
  assert.deepEqual(await left(() => inMemory(patternsOf(all, ALL)), IN_MEMORY), []);
  // The engine's compiler notes what stood in variables at one moment, where nobody can write.
  const numbered = all.flatMap((box, i) =>
    patternsOf([box], [COMPILED]).map(({ bytes }) => ({ name: `${i}`, bytes })),
  );
  assert.ok(inMemory(numbered).length <= MOMENTS * network.names.length, 'marks of few moments');
});
