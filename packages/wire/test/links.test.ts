import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equalBytes, randomBytes } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import type { ReplyId } from '@tacet/onion';
import {
  BROADCAST_PAGE,
  type DownFrame,
  decodeDown,
  decodeGreeting,
  decodeHello,
  decodeRelayFrame,
  decodeUp,
  decodeWelcome,
  encodeDown,
  encodeGreeting,
  encodeHello,
  encodeRelayFrame,
  encodeUp,
  encodeWelcome,
  FRAME_LENGTH,
  MAX_PROOF,
  PAYLOAD_LENGTH,
  writeDown,
} from '@tacet/wire';
import {
  assertMalformed,
  checkBitFlips,
  checkFuzz,
  checkLengths,
  type Decode,
} from './support/exact.ts';

const bytes = (n: number): Uint8Array => randomBytes(systemRng, n);
const packet = (layer: number): Uint8Array => {
  const frame = bytes(FRAME_LENGTH);
  frame[0] = 1;
  frame[1] = layer;
  return frame;
};
const hello = { joinSecret: bytes(16), resume: bytes(8), slotMs: 2_000 };
const greeting = { proof: bytes(5_500) };
const welcome = { handle: bytes(8), now: 1_800_000_000_123 };
const down: DownFrame = {
  reply: { replyId: bytes(16) as ReplyId, payload: bytes(PAYLOAD_LENGTH) },
  broadcast: bytes(BROADCAST_PAGE),
};
const part = bytes(BROADCAST_PAGE);

interface Case {
  readonly name: string;
  readonly frame: Uint8Array;
  readonly decode: Decode;
  readonly value: unknown;
}

const cases: Case[] = [
  {
    name: 'greeting',
    frame: encodeGreeting(greeting, systemRng),
    decode: decodeGreeting,
    value: greeting,
  },
  { name: 'hello', frame: encodeHello(hello, systemRng), decode: decodeHello, value: hello },
  {
    name: 'welcome',
    frame: encodeWelcome(welcome, systemRng),
    decode: decodeWelcome,
    value: welcome,
  },
  {
    name: 'rate',
    frame: encodeUp({ kind: 'rate', slotMs: 1_000 }, systemRng),
    decode: decodeUp,
    value: { kind: 'rate', slotMs: 1_000 },
  },
  { name: 'down', frame: encodeDown(down, systemRng), decode: decodeDown, value: down },
  {
    name: 'digest',
    frame: encodeRelayFrame({ kind: 'digest', part }, systemRng),
    decode: decodeRelayFrame,
    value: { kind: 'digest', part },
  },
];

test('mixnet case (6): every frame has 12,288 bytes, whatever its kind', () => {
  for (const { frame, name } of cases) assert.equal(frame.length, FRAME_LENGTH, name);
});

test('frames come back as they went', () => {
  for (const { frame, decode, value } of cases) assert.deepEqual(decode(frame), value);
});

test('a frame is read exactly, and its first eight bytes hold nothing undefined', () => {
  for (const { frame, decode, name } of cases) {
    checkLengths(frame, decode);
    checkFuzz(frame, decode);
    checkBitFlips(frame, decode);
    for (let bit = 0; bit < 64; bit++) {
      const flipped = frame.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      // One flip turns one class into another: hello into welcome, and so on.
      if (bit >> 3 === 1) continue;
      assertMalformed(decode, flipped, `${name}, bit ${bit}`);
    }
  }
});

test('no decoder takes a frame of another class', () => {
  const decoders = [
    decodeGreeting,
    decodeHello,
    decodeWelcome,
    decodeUp,
    decodeDown,
    decodeRelayFrame,
  ];
  for (const { frame, decode, name } of cases) {
    for (const other of decoders) {
      if (other === decode) continue;
      // A frame down and a packet up share layer 0: the direction tells them apart.
      if (name === 'down' && other === decodeUp) continue;
      assertMalformed(other, frame, name);
    }
  }
});

test('packets pass through uncopied, on the links they belong to', () => {
  const up = packet(0);
  assert.equal(encodeUp({ kind: 'packet', frame: up }, systemRng), up);
  assert.deepEqual(decodeUp(up), { kind: 'packet', frame: up });
  assertMalformed(decodeRelayFrame, up);
  for (const layer of [1, 2, 3, 4]) {
    const frame = packet(layer);
    assert.equal(encodeRelayFrame({ kind: 'packet', frame }, systemRng), frame);
    assert.deepEqual(decodeRelayFrame(frame), { kind: 'packet', frame });
    assertMalformed(decodeUp, frame);
  }
  assertMalformed(decodeRelayFrame, packet(5));
  assert.throws(() => encodeUp({ kind: 'packet', frame: packet(1) }, systemRng));
});

test('an empty frame down has a zero reply id and a random payload', () => {
  const empty: DownFrame = { reply: null, broadcast: down.broadcast };
  const frame = encodeDown(empty, systemRng);
  assert.deepEqual(frame.subarray(8, 24), new Uint8Array(16));
  assert.ok(!equalBytes(frame, encodeDown(empty, systemRng)));
  assert.deepEqual(decodeDown(frame), empty);
});

test('a frame down is written over whatever was in its place', () => {
  const place = bytes(FRAME_LENGTH);
  writeDown(place, down, systemRng);
  assert.deepEqual(place, encodeDown(down, systemRng));
  const empty: DownFrame = { reply: null, broadcast: down.broadcast };
  writeDown(place, empty, systemRng);
  assert.deepEqual(decodeDown(place), empty);
  assert.throws(() => writeDown(bytes(FRAME_LENGTH - 1), empty, systemRng), { code: 'wire-range' });
});

test('fill is random, never zero', () => {
  for (const { frame, name } of cases) {
    if (name === 'down') continue;
    const tail = frame.subarray(FRAME_LENGTH - 256);
    assert.ok(tail.filter((byte) => byte === 0).length < 20, name);
  }
});

test('an open network sends no join secret', () => {
  const open = { ...hello, joinSecret: new Uint8Array(0) };
  assert.deepEqual(decodeHello(encodeHello(open, systemRng)), open);
});

test('a greeting without proof and one with the longest', () => {
  for (const n of [0, MAX_PROOF]) {
    const value = { proof: bytes(n) };
    assert.deepEqual(decodeGreeting(encodeGreeting(value, systemRng)), value);
  }
  const frame = encodeGreeting({ proof: bytes(MAX_PROOF) }, systemRng);
  new DataView(frame.buffer).setUint16(8, MAX_PROOF + 1);
  assertMalformed(decodeGreeting, frame);
});

test('a zero handle is neither given nor taken', () => {
  const frame = encodeWelcome(welcome, systemRng);
  assertMalformed(decodeWelcome, frame.fill(0, 8, 16));
  const zero = { ...welcome, handle: new Uint8Array(8) };
  assert.throws(() => encodeWelcome(zero, systemRng), { code: 'wire-range' });
});

test('values that do not fit are refused by the encoders', () => {
  const range = { code: 'wire-range' };
  assert.throws(() => encodeHello({ ...hello, joinSecret: new Uint8Array(16) }, systemRng), range);
  assert.throws(() => encodeHello({ ...hello, resume: bytes(7) }, systemRng), range);
  assert.throws(() => encodeHello({ ...hello, slotMs: 0.5 }, systemRng), range);
  assert.throws(() => encodeGreeting({ proof: bytes(MAX_PROOF + 1) }, systemRng), range);
  const zero = {
    ...down,
    reply: { replyId: new Uint8Array(16) as ReplyId, payload: bytes(7_576) },
  };
  assert.throws(() => encodeDown(zero, systemRng), range);
});
