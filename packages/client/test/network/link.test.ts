/** A frame leaves at its instant whatever it carries; what it costs was paid before. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PacketBuilder, ReplyKeys } from '@tacet/onion';
import { seededRng } from '@tacet/testkit';
import type { Guard } from '../../src/network/guard.ts';
import { Link, type LinkEffect } from '../../src/network/link.ts';
import { RequestTracker } from '../../src/network/requests.ts';
import { OwnLoops } from '../../src/rhythm/own-loops.ts';
import type { Plan } from '../../src/rhythm/plan.ts';
import type { Planner } from '../../src/rhythm/planner.ts';
import { A, fakeNetwork } from '../fake-network.ts';

const builder: PacketBuilder = {
  replyBlock: () => ({
    block: new Uint8Array(4_742) as never,
    keys: new Uint8Array(0) as ReplyKeys,
  }),
  request: () => new Uint8Array(12_288),
  loop: () => ({ frame: new Uint8Array(12_288), keys: new Uint8Array(0) as ReplyKeys }),
  openReply: (_keys, payload) => payload,
};

/** A link that stands, at time 0, to an edge; `over` says what matters to a test. */
function standingLink(
  seed: string,
  parameters: Parameters<typeof fakeNetwork>[0],
  over: Pick<ConstructorParameters<typeof Link>[0], 'planner' | 'slotMs' | 'emit' | 'onRequest'>,
  network = fakeNetwork(parameters),
): Link {
  const rng = seededRng(seed);
  Object.assign(network, { card: { joinSecret: new Uint8Array(0) } });
  const link = new Link({
    rng,
    network: () => network,
    guard: {
      door: () => ({ relay: A, address: 'a' }),
      up: () => undefined,
      shouldLeave: () => false,
    } as unknown as Guard,
    loops: new OwnLoops(rng, () => undefined),
    requests: new RequestTracker(builder, rng),
    builder,
    ...over,
  });
  link.start(0);
  link.advance(0);
  link.onUp({ handle: new Uint8Array(8).fill(1), now: 0 }, 0);
  return link;
}

test('rule 2.2: what a slot carries is chosen, built and saved before its instant', () => {
  const effects: LinkEffect[] = [];
  const work: number[] = [];
  let now = 0;
  const plan = (real: boolean): Plan => ({
    what: real ? 'put' : 'cover',
    edge: A,
    request: { kind: 'put', record: new Uint8Array(2_400) as never },
    retry: false,
    onSent: () => work.push(now),
    settle: () => undefined,
  });
  let slot = 0;
  const link = standingLink(
    'link',
    { loopPermille: 0 },
    {
      planner: { next: () => plan(slot++ % 2 === 0) } as unknown as Planner,
      slotMs: () => 2_000,
      emit: (effect) => effects.push(effect),
      onRequest: () => work.push(now),
    },
  );
  const sent: number[] = [];
  while (sent.length < 200) {
    const at = link.deadline;
    assert.ok(at !== null && at > now - 1e-9, 'never a deadline in the past');
    now = at;
    effects.length = 0;
    link.advance(now);
    if (effects.length > 0) sent.push(now);
  }
  const gaps = sent.slice(1).map((at, i) => Math.round(at - (sent[i] ?? 0)));
  assert.deepEqual(new Set(gaps), new Set([2_000]));
  assert.ok(work.length >= 400 && work.every((at) => !sent.includes(at)));
});

test('with its first document a link that is not in use begins with a rate, one that is does not', () => {
  for (const wanted of [2_000, 1_000]) {
    const effects: LinkEffect[] = [];
    const cover: Plan = {
      what: 'cover',
      edge: A,
      request: { kind: 'put', record: new Uint8Array(2_400) as never },
      retry: false,
      settle: () => undefined,
    };
    const parameters = { loopPermille: 0, slotMs: 2_000, inUseSlotMs: 1_000 };
    const link = standingLink(`newcomer ${wanted}`, parameters, {
      planner: { next: () => cover } as unknown as Planner,
      slotMs: () => wanted,
      emit: (effect) => effects.push(effect),
      onRequest: null,
    });
    link.onFirstDocument({ inUseSlotMs: 1_000 }, 0);
    effects.length = 0;
    const sent: number[] = [];
    while (sent.length < 4) {
      const now = link.deadline ?? assert.fail();
      link.advance(now);
      if (effects.length > sent.length) sent.push(now);
    }
    const kinds = effects.map((effect) => (effect.kind === 'up' ? effect.frame.kind : effect.kind));
    const rest = ['packet', 'packet', 'packet'];
    assert.deepEqual(kinds, [wanted === 1_000 ? 'packet' : 'rate', ...rest]);
    assert.ok((sent[0] ?? 9_999) <= 1_000, 'the first within the quicker period');
    const gaps = sent.slice(1).map((at, i) => Math.round(at - (sent[i] ?? 0)));
    assert.deepEqual(gaps, [wanted, wanted, wanted]);
  }
});

test('an edge that leaves the network is heard for half a minute more, a redial of ours is not', () => {
  const effects: LinkEffect[] = [];
  const network = fakeNetwork({ loopPermille: 0 });
  const up = (): Link => {
    const link = standingLink(
      'leaving',
      {},
      {
        planner: { next: () => null } as unknown as Planner,
        slotMs: () => 2_000,
        emit: (effect) => effects.push(effect),
        onRequest: null,
      },
      network,
    );
    effects.length = 0;
    return link;
  };
  const leaving = up();
  Object.assign(network, { reaches: () => false });
  leaving.advance(leaving.deadline ?? assert.fail());
  assert.deepEqual(effects, [{ kind: 'hangup', lingerMs: 30_000 }]);
  leaving.advance(leaving.deadline ?? assert.fail());
  assert.equal(effects.at(-1)?.kind, 'dial');
  Object.assign(network, { reaches: () => true });
  up().redial(1);
  assert.deepEqual(effects, [{ kind: 'hangup', lingerMs: 0 }]);
});
