/** docs/spec/09-meeting.md 2, 3: the four boxes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRng } from '@tacet/testkit';
import {
  decodeFirstWords,
  decodeKeys,
  decodeOffer,
  decodeOutcome,
  decodeReply,
  encodeFirstWords,
  encodeKeys,
  encodeOffer,
  encodeOutcome,
  encodeReply,
  invitationSecret,
  isOutcomeOf,
  keySetHash,
  lockedBy,
  MAX_SEALED_REPLY,
  meetingBox,
  type Outcome,
} from '../../src/meeting/boxes.ts';
import { checkBits, checkFuzz, checkLengths } from '../exact.ts';

const rng = seededRng('meeting boxes');
const random = (n: number): Uint8Array => rng.fill(new Uint8Array(n));

const offer = {
  r: random(32),
  keySetHash: random(32),
  endsDay: 20_800,
  name: 'Änne',
  thumbnail: new Uint8Array(25),
  bundle: random(1_810),
};
const words = {
  guestRoot: random(32),
  inviterRoot: random(32),
  keySetHash: random(32),
  name: 'Bob',
  text: 'it is me',
};

interface Codec<T> {
  readonly name: string;
  readonly value: T;
  readonly encode: (value: T) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => T;
}

const codec = <T>(
  name: string,
  value: T,
  encode: (value: T) => Uint8Array,
  decode: (bytes: Uint8Array) => T,
): Codec<unknown> => ({ name, value, encode, decode }) as Codec<unknown>;

const CODECS: readonly Codec<unknown>[] = [
  codec('offer', offer, encodeOffer, decodeOffer),
  codec(
    'keys',
    { ed25519: random(32), mldsa65: random(1_952) },
    (keys) => encodeKeys(keys.ed25519, keys.mldsa65),
    decodeKeys,
  ),
  codec(
    'reply',
    { ephemeral: random(32), sealed: random(MAX_SEALED_REPLY) },
    encodeReply,
    decodeReply,
  ),
  codec(
    'outcome',
    {
      lock: random(32),
      keySetHash: random(32),
      what: 'revoked',
      replyHash: random(32),
    } satisfies Outcome,
    encodeOutcome,
    decodeOutcome,
  ),
  codec('first words', words, encodeFirstWords, decodeFirstWords),
];

for (const { name, value, encode, decode } of CODECS) {
  test(`meeting ${name}: round trip, lengths, bits, damage`, () => {
    const bytes = encode(value);
    assert.deepEqual(decode(bytes), value);
    checkLengths(bytes, decode);
    checkBits(bytes, decode, encode);
    checkFuzz(bytes, decode, name);
  });
}

test('meeting: the secret commits to key set and r', () => {
  const hash = keySetHash(random(33), random(32), random(1_952));
  const r = random(32);
  const secret = invitationSecret(hash, r);
  assert.notDeepEqual(secret, invitationSecret(hash, random(32)));
  assert.notDeepEqual(secret, invitationSecret(random(32), r));
  const ids = [0, 1, 2, 3].map((i) => Buffer.from(meetingBox(secret, i).id).toString('hex'));
  assert.equal(new Set(ids).size, 4);
});

test('meeting: only who knows the lock says what became of an invitation', () => {
  const [lock, hash] = [random(32), random(32)];
  const secret = invitationSecret(hash, lockedBy(lock));
  const outcome = {
    lock,
    keySetHash: hash,
    what: 'revoked',
    replyHash: new Uint8Array(32),
  } as const;
  assert.ok(isOutcomeOf(outcome, secret));
  // Box 0 shows r and the key-set hash to everybody with the link: they are not enough.
  assert.ok(!isOutcomeOf({ ...outcome, lock: lockedBy(lock) }, secret));
  assert.ok(!isOutcomeOf({ ...outcome, lock: random(32) }, secret));
  assert.ok(!isOutcomeOf({ ...outcome, keySetHash: random(32) }, secret));
  assert.ok(!isOutcomeOf(outcome, random(32)));
});
