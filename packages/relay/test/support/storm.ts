/**
 * A storm of inputs, good and bad, on one edge: links that come, go and resume, frames early and
 * late, requests of all kinds and of none, replies, digests, a store that fails or dawdles, sleep.
 * Afterwards the books must balance.
 */
import assert from 'node:assert/strict';
import { type Millis, pick, type Rng, randomBytes, randomInt, randomUnit } from '@tacet/base';
import type { EdgeLimits, RelayEffect } from '@tacet/relay';
import { seededRng } from '@tacet/testkit';
import { type BoxRequest, encodeRequest, type Mark, signTombstone } from '@tacet/wire';
import { makeEdge } from './edge.ts';

const LIMITS: Partial<EdgeLimits> = {
  pool: 40,
  answers: 60,
  links: 20,
  lostSessions: 10,
  repliesEach: 5,
  repliesAll: 30,
  standingReads: 15,
  storePending: 12,
  marksPending: 100,
};

const REASONS = ['version', 'header', 'replay', 'mac', 'request'] as const;

export interface StormReport {
  readonly counters: Readonly<Record<string, number>>;
  readonly answered: number;
}

export function storm(seed: number | string, steps: number): StormReport {
  const rng: Rng = seededRng(`storm ${seed}`);
  const edge = makeEdge({ limits: LIMITS, network: { edges: 2 } });
  const { machine, opener } = edge;
  const boxes = Array.from({ length: 12 }, () => edge.box());
  const { networkId } = edge.network.document;
  const handles: Uint8Array[] = [];
  const waiting: Extract<RelayEffect, { kind: 'store' }>[] = [];
  let asked = 0;
  let downs = 0;

  const some = (n: number): number => randomInt(rng, n);
  const now = (): Millis => edge.now;
  const aMark = (): Mark => (some(2) === 0 ? pick(rng, boxes).mark : (randomBytes(rng, 8) as Mark));

  function drain(): void {
    for (const effect of machine.drain()) {
      if (effect.kind === 'store') waiting.push(effect);
      if (effect.kind === 'down') downs += 1;
    }
  }

  function settle(): void {
    const effect = waiting.shift();
    if (effect === undefined) return;
    const result =
      some(20) === 0 ? ({ kind: 'failed' } as const) : edge.boxes.execute(effect.command);
    machine.onStore(effect.token, result, now());
  }

  function request(): void {
    const box = pick(rng, boxes);
    const kinds: (() => BoxRequest)[] = [
      () => ({ kind: 'put', record: some(4) === 0 ? box.seal(some(3)) : box.record }),
      () => ({ kind: 'get', waitMs: 0, marks: [aMark(), aMark(), aMark()] }),
      () => ({ kind: 'get', waitMs: some(400_000), marks: [aMark(), aMark(), aMark()] }),
      () => ({ kind: 'tombstone', id: box.id, signature: signTombstone(box.seed, networkId) }),
    ];
    let data = encodeRequest(pick(rng, kinds)());
    const damage = some(10);
    if (damage === 0) data = data.slice(0, some(data.length));
    if (damage === 1) data = randomBytes(rng, some(200));
    if (damage === 2) data[some(data.length)] = some(256);
    asked += 1;
    edge.request(data, some(3) === 0 ? some(5_000) : 0, some(15) === 0 ? null : undefined);
  }

  const acts: (() => void)[] = [
    () => {
      const resume = handles.length > 0 && some(2) === 0 ? pick(rng, handles) : randomBytes(rng, 8);
      const joinSecret = some(5) === 0 ? { joinSecret: randomBytes(rng, 16) } : {};
      const welcome = edge.hello(some(40), { resume, slotMs: some(1_000), ...joinSecret });
      if (welcome !== null) handles.push(welcome.handle);
      if (handles.length > 50) handles.shift();
    },
    () => machine.onLinkClosed(some(40), now()),
    () => edge.up(some(40)),
    () => edge.up(some(40), { kind: 'rate', slotMs: some(600) }),
    request,
    request,
    () => edge.reply(handles.length > 0 && some(4) > 0 ? pick(rng, handles) : randomBytes(rng, 8)),
    () => machine.onDigest(randomBytes(rng, some(900)), now()),
    () => machine.onOpened({ kind: 'drop', reason: pick(rng, REASONS) }, now()),
    () => machine.onStore(some(10_000), { kind: 'failed' }, now()),
    settle,
    settle,
    () => edge.jump(now() + (some(200) === 0 ? some(3_600_000) : randomUnit(rng) * 400)),
  ];

  for (let i = 0; i < steps; i++) {
    pick(rng, acts)();
    if ((machine.deadline() ?? Infinity) <= now()) machine.advance(now());
    drain();
    checkBounds();
  }
  // Let everything end: no more input, the store catches up.
  for (let i = 0; i < 500 && (waiting.length > 0 || i < 100); i++) {
    while (waiting.length > 0) settle();
    edge.jump(now() + 10_000);
    machine.advance(now());
    drain();
  }
  const counters = machine.counters.snapshot();
  const count = (name: string): number => counters[name] ?? 0;
  const dropped =
    count('request-malformed') + count('request-unanswerable') + count('answers-full');
  assert.equal(count('answered') + dropped, asked, 'every request is answered or counted');
  assert.equal(opener.replies.length, count('answered'), 'and answered once');
  assert.equal(machine.load.answers, 0);
  assert.equal(machine.load.pool, 0);
  assert.equal(machine.load.standingReads, 0);
  assert.ok(downs > 0);
  return { counters, answered: count('answered') };

  function checkBounds(): void {
    const { load } = machine;
    assert.ok(load.links <= 20 && load.pool <= 40 && load.answers <= 60);
    assert.ok(load.queuedReplies >= 0 && load.queuedReplies <= 30 && load.standingReads <= 15);
    assert.ok(waiting.length <= 15, 'commands in the store, the day’s drop and two counts');
  }
}
