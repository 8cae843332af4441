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
  over: Pick<ConstructorParameters<typeof Link>[0], 'planner' | 'emit' | 'onRequest'> & {
    readonly slotMs: () => number;
  } & Partial<Pick<ConstructorParameters<typeof Link>[0], 'rates' | 'fast' | 'now'>>,
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
    rates: () => ({ told: over.slotMs(), grid: over.slotMs() }),
    fast: () => false,
    now: () => 0,
    contain: (_now, work) => {
      work();
      return true;
    },
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
    onSent: () => work.push(now) > 0,
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

test('rule 2.2: in Fast what is urgent leaves beside the grid, and the grid stays', () => {
  const effects: LinkEffect[] = [];
  const plan = (what: Plan['what']): Plan => ({
    what,
    edge: A,
    request: { kind: 'put', record: new Uint8Array(2_400) as never },
    retry: false,
    settle: () => undefined,
  });
  let now = 0;
  let urgent = 0;
  const carried: string[] = [];
  const over = {
    planner: {
      next: () => plan('cover'),
      urgentWaits: () => urgent > 0,
      urgent: () => {
        urgent -= 1;
        return plan('put');
      },
    } as unknown as Planner,
    slotMs: () => 1_000,
    rates: () => ({ told: 1_000, grid: 2_000 }),
    fast: () => true,
    now: () => now,
    emit: (effect: LinkEffect) => effects.push(effect),
    onRequest: ({ plan: { what } }: { plan: Plan }) => carried.push(what),
  };
  const parameters = { loopPermille: 0, slotMs: 2_000, inUseSlotMs: 1_000 };
  const link = standingLink('fast', parameters, over);
  const sent: { at: number; what: string }[] = [];
  const until = (end: number): void => {
    for (;;) {
      const at = link.deadline ?? assert.fail();
      if (at > end) break;
      assert.ok(at >= now, 'never a deadline in the past');
      now = at;
      effects.length = 0;
      link.advance(now);
      if (effects.length > 0) sent.push({ at: now, what: carried.at(-1) ?? '' });
    }
    now = end;
  };
  until(20_000);
  assert.ok(sent.every(({ what }) => what === 'cover'));
  const wrote: number[] = [];
  for (let n = 0; n < 20; n++) {
    until(20_300 + n * 7_100);
    wrote.push(now);
    urgent = 1;
  }
  until(200_000);
  const grid = sent.filter(({ what }) => what === 'cover').map(({ at }) => at);
  const gaps = grid.slice(1).map((at, i) => Math.round(at - (grid[i] ?? 0)));
  assert.deepEqual(new Set(gaps), new Set([2_000]));
  const extras = sent.filter(({ what }) => what === 'put').map(({ at }) => at);
  assert.equal(extras.length, 20);
  for (const [n, at] of extras.entries()) {
    const waited = at - (wrote[n] ?? 0);
    assert.ok(waited >= 39.9 && waited <= 2_000, `${waited} ms`);
  }
  const quick = extras.filter((at, n) => at - (wrote[n] ?? 0) < 41);
  assert.ok(quick.length >= 18, `${quick.length} of 20 leave at once`);
});
