/**
 * A client's loops, its requests and the replies to them, as honest relays see them with the real
 * onion: bytes and fields of each hop, next hops, delays, and the slots they leave in.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE } from '@tacet/base';
import { drawPath, edgesOf } from '@tacet/directory';
import type { Opened, Path, ReplyId } from '@tacet/onion';
import { makeTestNetwork, seededRng, TEST_NOW } from '@tacet/testkit';
import { distanceOf } from '../../src/mixing/figures.ts';
import { modelledOnion, type Onion } from '../../src/onion.ts';
import { realOnion } from '../../src/real-onion.ts';
import { LabStage } from '../../src/scenarios/lab-stage.ts';
import { meet } from '../../src/scenarios/steps.ts';

const network = makeTestNetwork({ seed: 'likeness', mixesPerLayer: 2, edges: 2 });
/** One sample in a hundred of equal distributions lies further apart. */
const ONE_PERCENT = 1.63;

interface Seen {
  readonly fields: string;
  readonly next: number;
  readonly delayMs: number;
}

/** What the mixes of the three layers see of `count` packets, and what the last relay gets. */
function pass(
  count: number,
  make: () => { frame: Uint8Array; path: Path },
): { readonly layers: Seen[][]; readonly last: Opened[] } {
  const layers: Seen[][] = [[], [], []];
  const last: Opened[] = [];
  for (let n = 0; n < count; n++) {
    const { frame, path } = make();
    const first = openers[path.hops[0].index];
    const entered = edgeOpener.enter(frame, TEST_NOW);
    assert.ok(!('drop' in entered) && first !== undefined && entered.next === path.hops[0].index);
    let packet = entered.packet;
    for (const layer of [0, 1, 2] as const) {
      const prefix = [...packet.subarray(0, 6)].join(' ');
      const opened = openers[path.hops[layer].index]?.open(packet, TEST_NOW);
      assert.ok(opened?.kind === 'forward');
      const { next, delayMs, kind, request } = opened;
      const fields = `${packet.length} ${prefix} ${kind} ${request} ${opened.packet.length}`;
      layers[layer]?.push({ fields, next, delayMs });
      packet = opened.packet;
    }
    last.push(openers[path.hops[3].index]?.open(packet, TEST_NOW) ?? assert.fail());
  }
  return { layers, last };
}

const onion = realOnion(network);
const openers = network.relays.map((relay) => onion.opener(relay, network.book()));
const edgeOpener = onion.opener(network.edges[0] ?? assert.fail(), network.book());
const rng = seededRng('likeness/paths');
const [own, box] = edgesOf(network.verified);
assert.ok(own !== undefined && box !== undefined);
const path = (last: typeof own, lastDelayMs?: number): Path =>
  drawPath(rng, network.verified, network.document.epoch, {
    last,
    ...(lastDelayMs === undefined ? {} : { lastDelayMs }),
  });
const replyId = (): ReplyId => rng.fill(new Uint8Array(16)) as ReplyId;

test('rule 2.1: at every honest relay a loop of a client looks like a reply', () => {
  const loops = pass(400, () => {
    const way = path(own, 0);
    return { frame: onion.builder.loop(way, replyId()).frame, path: way };
  });
  const replies = pass(400, () => {
    const way = path(own, 0);
    const { block } = onion.builder.replyBlock(way, replyId());
    const sent = edgeOpener.reply(block, rng.fill(new Uint8Array(7_560)), TEST_NOW);
    assert.ok(sent !== null);
    // As it leaves the box edge; `pass` takes frames in as an edge does.
    const frame = Uint8Array.from(sent.packet);
    frame[1] = 0;
    return { frame, path: way };
  });
  for (const layer of [0, 1, 2]) {
    const [a, b] = [loops.layers[layer] ?? [], replies.layers[layer] ?? []];
    assert.deepEqual(
      new Set(a.map(({ fields }) => fields)),
      new Set(b.map(({ fields }) => fields)),
    );
    const delays = (list: Seen[]) => list.map(({ delayMs }) => delayMs);
    assert.ok(distanceOf(delays(a), delays(b)) < ONE_PERCENT, `delays in layer ${layer + 1}`);
    const nexts = (list: Seen[]) => list.map(({ next }) => next);
    assert.ok(distanceOf(nexts(a), nexts(b)) < ONE_PERCENT, `next hops of layer ${layer + 1}`);
  }
  const shapes = (list: readonly Opened[]) =>
    new Set(list.map((opened) => (opened.kind === 'reply' ? opened.payload.length : opened.kind)));
  assert.deepEqual(shapes(loops.last), shapes(replies.last));

  // The same comparison tells delays drawn with another mean.
  const planted = (loops.layers[0] ?? []).map(({ delayMs }) => delayMs * 1.5);
  assert.ok(
    distanceOf(
      planted,
      (replies.layers[0] ?? []).map(({ delayMs }) => delayMs),
    ) > ONE_PERCENT,
  );
});

test('rule 2.3: slots that carry loops are a tenth of all, on the grid, whatever the person does', async () => {
  const ups: { at: number; loop: boolean }[] = [];
  let loop = false;
  const watched = (test: Parameters<typeof modelledOnion>[0]): Onion => {
    const model = modelledOnion(test);
    return {
      ...model,
      builder: {
        ...model.builder,
        loop(way, id) {
          loop = true;
          return model.builder.loop(way, id);
        },
      },
    };
  };
  const stage = new LabStage('slots of loops', watched);
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  await alice.setLevel('strong');
  const { client } = stage.personOf(alice);
  await stage.pass(MINUTE);
  // Only Alice is looked at: who builds a loop does so in its own `advance`.
  const advance = client.advance.bind(client);
  const drain = client.drain.bind(client);
  let carries = false;
  client.advance = (now) => {
    loop = false;
    advance(now);
    carries = carries || loop;
  };
  client.drain = () => {
    const effects = drain();
    if (effects.some(({ kind }) => kind === 'up')) {
      ups.push({ at: stage.world.now, loop: carries });
      carries = false;
    }
    return effects;
  };
  const shares: number[] = [];
  for (const busy of [false, true]) {
    ups.length = 0;
    if (busy)
      for (let n = 0; n < 300; n++) await alice.send('bob', `text ${n} ${'x'.repeat(n * 9)}`);
    await stage.pass(12 * MINUTE);
    assert.ok(ups.length > 1_400);
    for (const [i, { at }] of ups.slice(1).entries()) {
      assert.ok(Math.abs(at - (ups[i]?.at ?? 0) - 500) < 1e-6, 'loops move no slot');
    }
    shares.push(ups.filter((up) => up.loop).length / ups.length);
  }
  for (const share of shares) assert.ok(Math.abs(share - 0.1) < 0.03, `${share}`);
});
