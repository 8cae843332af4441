/** What edges that store boxes, and the last mixes, see of requests: where, what, how many. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex, MINUTE, SECOND } from '@tacet/base';
import { type BoxRecord, markOf } from '@tacet/wire';
import { delivered, exactly, meet } from '../../src/scenarios/steps.ts';
import { type Built, digestsSeenBy, watched } from './watch.ts';

function markOfRecord(record: BoxRecord): string {
  return hex(markOf(record.subarray(0, 32) as Parameters<typeof markOf>[0]));
}

const FOUR_EDGES = { edges: 4, parameters: { digestMs: 5 * SECOND } };
/** Three degrees of freedom, p = 0.001. */
const LIMIT = 16.27;

function chiSquared(built: readonly Built[]): number {
  const counts = new Map<number, number>();
  for (const { edge } of built) counts.set(edge, (counts.get(edge) ?? 0) + 1);
  const expected = built.length / 4;
  let sum = 0;
  for (const count of counts.values()) sum += (count - expected) ** 2 / expected;
  return sum + (4 - counts.size) * expected;
}

test('mixnet case (22): destinations of requests are uniform over edges in every state', async () => {
  const { stage, built } = watched('destinations', FOUR_EDGES);
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  const phase = async (name: string, minutes: number): Promise<Built[]> => {
    built.length = 0;
    await stage.pass(minutes * MINUTE);
    const taken = built.splice(0);
    assert.ok(taken.length > 1_500, `${name}: ${taken.length}`);
    assert.ok(chiSquared(taken) < LIMIT, `${name}: ${chiSquared(taken)}`);
    return taken;
  };
  await alice.setLevel('strong');
  await bob.setLevel('strong');
  const idle = await phase('idle, strong', 10);
  for (let n = 0; n < 300; n++) await alice.send('bob', `busy ${n}`);
  await phase('burst, strong', 8);
  await alice.setLevel('balanced');
  await bob.setLevel('balanced');
  await alice.useWindow();
  await bob.useWindow();
  for (let n = 0; n < 100; n++) await bob.send('alice', `in use ${n}`);
  await phase('in use, balanced', 5);
  await alice.kill();
  for (let n = 0; n < 50; n++) await bob.send('alice', `away ${n}`);
  await phase('the contact is away', 8);

  // Planted: one request of fifteen goes to one edge on purpose.
  const [fixed] = idle;
  const leak = idle.map((one, n) => (n % 15 === 0 ? { ...one, edge: fixed?.edge ?? 0 } : one));
  assert.ok(chiSquared(leak) > LIMIT, 'the test sees a leak of seven in a hundred');
});

test('rule 2.3: in Strong no read waits, and every mark asked for stood in a digest of that edge', async () => {
  const { stage, built } = watched('digest-driven');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  await alice.setLevel('strong');
  await bob.setLevel('strong');
  const seen = digestsSeenBy(stage.personOf(bob));
  await stage.pass(7 * MINUTE);
  built.length = 0;
  await alice.useWindow();
  for (let n = 0; n < 40; n++) await alice.send('bob', `text ${n}`);
  await stage.pass(4 * MINUTE);
  await exactly(
    bob,
    'alice',
    Array.from({ length: 40 }, (_, n) => `text ${n}`),
  );
  const { verified } = stage.world.network;
  const reads = built.filter(({ request }) => request.kind === 'get');
  assert.ok(reads.length > 500);
  for (const { edge, request } of reads) {
    assert.ok(request.kind === 'get');
    assert.equal(request.waitMs, 0);
    assert.equal(request.marks.length, 3);
    const named = seen.get(Buffer.from(verified.relayHashes[edge] ?? []).toString('hex'));
    for (const mark of request.marks) assert.ok(named?.has(Buffer.from(mark).toString('hex')));
  }
  const sizes = new Set(reads.map(({ bytes }) => bytes));
  assert.equal(sizes.size, 1, 'cover reads and real reads have one form');
});

test('rule 2.3: in use, Balanced holds four reads at edges, each renewed just before it ends; Strong holds none', async () => {
  const { stage, built } = watched('standing');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  await bob.setLevel('strong');
  await stage.pass(MINUTE);
  built.length = 0;
  await bob.useWindow();
  await stage.pass(2 * MINUTE);
  assert.equal(
    built.filter(({ request }) => request.kind === 'get' && request.waitMs > 0).length,
    0,
  );
  await alice.useWindow();
  await stage.pass(5 * MINUTE);
  // Outstanding at a moment: begun before, and its place not free yet, which it is five mean delays
  // and a slot before the hold ends.
  const { delayMeanMs, inUseSlotMs } = stage.world.network.parameters;
  const lead = 5 * delayMeanMs + inUseSlotMs;
  const waits = built.flatMap(({ at, request }) =>
    request.kind === 'get' && request.waitMs > 0 ? [{ at, end: at + request.waitMs - lead }] : [],
  );
  const atOnce = waits.map(({ at }) => waits.filter((w) => w.at <= at && w.end > at).length);
  assert.equal(Math.max(...atOnce), 4);
  const late = atOnce.slice(Math.floor(atOnce.length / 3));
  assert.ok(late.reduce((a, b) => a + b, 0) / late.length > 3, 'four, but for the way there');
});

test('rule 2.4: every box stands at both edges: texts, receipts, meetings, beacons and cover', async () => {
  const { stage, built } = watched('both copies', { parameters: { coverPutPermille: 100 } });
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  const ids = [];
  for (let n = 0; n < 10; n++) ids.push((await alice.send('bob', `text ${n}`)).id);
  await delivered(stage, alice, ids);
  await stage.pass(2 * MINUTE);
  const held = stage.world.relays
    .filter((node) => node.relay.role === 'edge')
    .map((node) => new Set(node.boxes.marks()));
  // Boxes of the last moments wait for their idle slot.
  const young = new Set(
    built
      .filter(({ at, request }) => request.kind === 'put' && at > stage.world.now - 20_000)
      .map(({ request }) => (request.kind === 'put' ? markOfRecord(request.record) : '')),
  );
  const [a, b] = held;
  assert.ok(a !== undefined && b !== undefined && a.size > 30);
  const alone = [...a.symmetricDifference(b)].filter((key) => !young.has(key));
  assert.deepEqual(alone, []);
});

test('a frame that an edge hands over twice changes nothing', async () => {
  const { stage } = watched('twice');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  for (const { client } of stage.world.people) {
    const onDown = client.onDown.bind(client);
    const old: Parameters<typeof onDown>[0][] = [];
    client.onDown = (frame, now) => {
      onDown(frame, now);
      onDown(frame, now);
      old.push(frame);
      const stale = old.length > 40 ? old.shift() : undefined;
      if (stale !== undefined) onDown(stale, now);
    };
  }
  await meet(stage, alice, bob);
  const texts = Array.from({ length: 20 }, (_, n) => `text ${n}`);
  const ids = [];
  for (const text of texts) ids.push((await alice.send('bob', text)).id);
  await delivered(stage, alice, ids);
  await exactly(bob, 'alice', texts);
});
