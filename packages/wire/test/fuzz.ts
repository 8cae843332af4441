/**
 * Damaged bytes into every decoder, at length: node packages/wire/test/fuzz.ts [runs] [seed].
 * Prints one object: how often each took its input and how often it was malformed. Anything but
 * `malformed` ends the run with the seed.
 */
import { compareBytes, concat, isAppError, type Rng, randomInt } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import type { ReplyId } from '@tacet/onion';
import { makeTestNetwork, seededRng } from '@tacet/testkit';
import {
  ANSWER_LENGTH,
  BOX_RECORD,
  type BoxId,
  type BoxRecord,
  BROADCAST_PAGE,
  BroadcastReader,
  decodeAnswer,
  decodeDigest,
  decodeDown,
  decodeGreeting,
  decodeHello,
  decodeRelayFrame,
  decodeRequest,
  decodeUp,
  decodeWelcome,
  encodeAnswer,
  encodeDigestBody,
  encodeDown,
  encodeGreeting,
  encodeHello,
  encodeRelayFrame,
  encodeRequest,
  encodeUp,
  encodeWelcome,
  type Mark,
  packBroadcast,
  verifyDigest,
  verifyRecord,
} from '@tacet/wire';

const runs = Number(process.argv[2] ?? 1_000_000);
const seed = process.argv[3] ?? '1';
const rng: Rng = seededRng(`wire ${seed}`);
const bytes = (n: number): Uint8Array => rng.fill(new Uint8Array(n));
const mark = (): Mark => bytes(8) as Mark;
const { verified } = makeTestNetwork({ seed: 'fuzz' });
const reader = new BroadcastReader();

const digest = concat(
  encodeDigestBody({
    edge: bytes(32) as RelayHash,
    number: 7,
    previous: bytes(32),
    seen: [{ edge: bytes(32) as RelayHash, hash: bytes(32) }],
    marks: Array.from({ length: 64 }, mark).sort(compareBytes),
  }),
  bytes(64),
);
const broadcast = bytes(BROADCAST_PAGE);
const reply = { replyId: bytes(16) as ReplyId, payload: bytes(7_576) };
const page = packBroadcast([{ kind: 'digest', bytes: digest }])[0] ?? broadcast;
const record = bytes(BOX_RECORD) as BoxRecord;
const { networkId } = verified.document;
const hello = { joinSecret: bytes(16), resume: bytes(8), slotMs: 1 };

const targets: readonly [string, Uint8Array, (input: Uint8Array) => unknown][] = [
  ['request put', encodeRequest({ kind: 'put', record }), decodeRequest],
  [
    'request get',
    encodeRequest({ kind: 'get', waitMs: 0, marks: [mark(), mark(), mark()] }),
    decodeRequest,
  ],
  [
    'request tombstone',
    encodeRequest({ kind: 'tombstone', id: bytes(32) as BoxId, signature: bytes(64) }),
    decodeRequest,
  ],
  ['answer', encodeAnswer({ status: 'taken' }, rng).slice(0, ANSWER_LENGTH), decodeAnswer],
  ['digest', digest, decodeDigest],
  ['signed digest', digest, (input) => verifyDigest(input, verified)],
  ['record', record, (input) => verifyRecord(input, networkId)],
  ['hello', encodeHello(hello, rng), decodeHello],
  ['greeting', encodeGreeting({ proof: bytes(5_000) }, rng), decodeGreeting],
  ['welcome', encodeWelcome({ handle: bytes(8), now: 1 }, rng), decodeWelcome],
  ['up', encodeUp({ kind: 'rate', slotMs: 1 }, rng), decodeUp],
  ['down', encodeDown({ reply, broadcast }, rng), decodeDown],
  ['relay', encodeRelayFrame({ kind: 'digest', part: page }, rng), decodeRelayFrame],
  ['page', page, (input) => reader.take(input)],
];

function damage(valid: Uint8Array): Uint8Array {
  const out = valid.slice();
  switch (randomInt(rng, 5)) {
    case 0:
      return out.slice(0, randomInt(rng, out.length));
    case 1:
      return concat(out, bytes(1 + randomInt(rng, 64)));
    case 2:
      return bytes(out.length);
    case 3: {
      const from = randomInt(rng, out.length);
      rng.fill(out.subarray(from, Math.min(out.length, from + 1 + randomInt(rng, 40))));
      return out;
    }
    default: {
      // Where lengths, counts and kinds stand.
      const at = randomInt(rng, Math.min(out.length, 100));
      out[at] = (out[at] ?? 0) ^ (1 << randomInt(rng, 8));
      return out;
    }
  }
}

const outcomes: Record<string, { taken: number; malformed: number }> = {};
for (let i = 0; i < runs; i++) {
  const target = targets[i % targets.length];
  if (target === undefined) continue;
  const [name, valid, decode] = target;
  outcomes[name] ??= { taken: 0, malformed: 0 };
  const outcome = outcomes[name];
  try {
    if (decode(damage(valid)) === null) outcome.malformed += 1;
    else outcome.taken += 1;
  } catch (error) {
    if (!isAppError(error, 'malformed')) {
      console.error(`${name}: run ${i} of seed ${seed} threw something else`);
      throw error;
    }
    outcome.malformed += 1;
  }
}
console.log(JSON.stringify({ runs, seed, outcomes, pages: reader.counters.snapshot() }, null, 1));
