/**
 * Hostile requests and digests on one edge, so aimed that every reason for which the box desk and
 * the digest desk drop or refuse something comes up. Afterwards the edge works as before.
 */
import assert from 'node:assert/strict';
import { compareBytes, MINUTE, pick, type Rng, randomBytes, randomInt } from '@tacet/base';
import type { EdgeCounter } from '@tacet/relay';
import { seededRng } from '@tacet/testkit';
import {
  type BoxRequest,
  type Digest,
  encodeRequest,
  type Mark,
  type SignedDigest,
  signDigest,
  signTombstone,
} from '@tacet/wire';
import { makeEdge } from './edge.ts';

/** What is reached here; a reason that gets a counter belongs in this list. */
export const HOSTILE_REASONS = [
  'request-malformed',
  'request-unanswerable',
  'put-invalid',
  'put-misplaced',
  'put-no-room',
  'tombstone-invalid',
  'stand-evicted',
  'store-full',
  'store-failed',
  'store-unknown',
  'answers-full',
  'answer-stale',
  'digest-marks-full',
  'digest-known',
  'digest-invalid',
  'digest-early',
  'digest-old',
  'digest-fork',
  'digest-doubt',
  'digest-skipped',
] as const satisfies readonly EdgeCounter[];

const LIMITS = {
  boxes: 30,
  standingReads: 6,
  storePending: 24,
  answers: 20,
  marksPending: 6,
};

/** @returns how often each reason came up in `rounds` rounds */
export function hostile(seed: number | string, rounds: number): Readonly<Record<string, number>> {
  const rng: Rng = seededRng(`hostile ${seed}`);
  const edge = makeEdge({ limits: LIMITS, network: { edges: 4 } });
  const { machine, opener } = edge;
  const { networkId, parameters } = edge.network.document;
  const { digestMs } = parameters;
  const some = (n: number): number => randomInt(rng, n);
  const mark = (): Mark => randomBytes(rng, 8) as Mark;
  const isHere = ({ homes }: ReturnType<typeof edge.box>): boolean =>
    homes.some((home) => compareBytes(home, edge.self) === 0);
  const pool = Array.from({ length: 40 }, () => edge.box());
  const here = pool.filter(isHere);
  const elsewhere = pool.filter((box) => !isHere(box));
  const fresh: typeof here = [];
  while (fresh.length < 40) {
    const box = edge.box();
    if (isHere(box)) fresh.push(box);
  }

  const put = (): Uint8Array => encodeRequest({ kind: 'put', record: pick(rng, here).record });
  const get = (waitMs = 0): Uint8Array =>
    encodeRequest({ kind: 'get', waitMs, marks: [mark(), mark(), mark()] } satisfies BoxRequest);
  const tombstone = (): Uint8Array => {
    const { id, seed: secret } = pick(rng, here);
    return encodeRequest({ kind: 'tombstone', id, signature: signTombstone(secret, networkId) });
  };
  const bend = (bytes: Uint8Array, from: number): Uint8Array => {
    const bent = bytes.slice();
    const at = from + some(bent.length - from);
    bent[at] = (bent[at] ?? 0) ^ (1 << some(8));
    return bent;
  };
  const cut = (bytes: Uint8Array): Uint8Array =>
    some(2) === 0
      ? bytes.slice(0, some(bytes.length))
      : Uint8Array.from([...bytes, ...randomBytes(rng, 1 + some(50))]);

  function digest(place: 1 | 2 | 3, change: Partial<Digest> = {}): SignedDigest {
    const other = edge.network.edges[place] ?? assert.fail();
    const number = Math.floor(edge.now / digestMs);
    const marks = Array.from({ length: 64 }, mark).sort(compareBytes);
    const previous = randomBytes(rng, 32);
    const body: Digest = { edge: other.hash, number, previous, seen: [], marks, ...change };
    return signDigest(other.identity, body, networkId);
  }
  const hear = ({ bytes }: { bytes: Uint8Array }): void => machine.onDigest(bytes, edge.now);

  const acts: (() => void)[] = [
    () => edge.request(cut(pick(rng, [put, get, tombstone])())),
    () => edge.request(randomBytes(rng, some(2_817))),
    () => edge.request(put(), 0, null),
    () => edge.request(bend(put(), 1)),
    () => edge.request(bend(tombstone(), 1)),
    () => edge.request(encodeRequest({ kind: 'put', record: pick(rng, elsewhere).record })),
    () => edge.request(encodeRequest({ kind: 'put', record: pick(rng, fresh).record })),
    () => edge.request(put()),
    () => {
      for (let i = 0; i < 8; i++) edge.request(get(60_000));
    },
    () => {
      // Nothing settles while they come.
      for (let i = 0; i < 30; i++) edge.request(get());
    },
    () => machine.onStore(some(1_000_000), { kind: 'failed' }, edge.now),
    () => {
      edge.request(get());
      for (const effect of machine.drain()) {
        if (effect.kind === 'store') machine.onStore(effect.token, { kind: 'failed' }, edge.now);
      }
    },
    () => {
      for (let i = 0; i < 22; i++) edge.request(get(), 5_000);
      edge.run(20);
    },
    () => {
      opener.stale = true;
      edge.request(get());
      edge.run(50);
      opener.stale = false;
    },
    () => {
      const one = digest(1, { number: Math.floor(edge.now / digestMs) - some(40) });
      hear(one);
      hear(one);
      hear({ bytes: bend(one.bytes, 0) });
      hear({ bytes: cut(one.bytes) });
      hear({ bytes: randomBytes(rng, some(900)) });
    },
    () => hear(digest(2, { number: Math.floor(edge.now / digestMs) + 1_000 + some(1e6) })),
    () => hear(digest(2, { number: some(1_000) })),
    () => {
      hear(digest(2));
      hear(digest(2));
    },
    () => {
      hear(digest(1, { previous: new Uint8Array(32) }));
      const about = edge.network.edges[1] ?? assert.fail();
      const seen = [{ edge: about.hash, hash: randomBytes(rng, 32) }];
      hear(digest(3, { number: Math.floor(edge.now / digestMs) - 2 * some(300), seen }));
      edge.run(digestMs);
    },
  ];
  for (let round = 0; round < rounds; round++) {
    pick(rng, acts)();
    if (some(4) === 0) edge.run(some(3_000));
  }
  edge.run(10_000);
  // More boxes at one moment than may wait for a digest; then the clock is set back too far.
  edge.jump(edge.now + 30 * 24 * 60 * MINUTE);
  edge.run(0);
  for (let i = 0; i < 20; i++) {
    const box = fresh[i] ?? assert.fail();
    edge.request(encodeRequest({ kind: 'put', record: box.seal(7) }));
  }
  edge.run(20 * MINUTE);
  edge.setClock(-10 * MINUTE);
  edge.run(2 * MINUTE);
  assert.equal(machine.load.standingReads, 0);
  assert.equal(machine.load.answers, 0);
  edge.run(10 * MINUTE);
  const before = opener.replies.length;
  edge.request(get());
  edge.run(100);
  assert.equal(opener.replies.length, before + 1, 'an honest request is answered afterwards');
  return machine.counters.snapshot();
}
