/**
 * `greeting`, `hello` and `welcome`: the frames that open a client link (docs/spec/03-links.md,
 * 3). The edge shows its proof before the client says anything. They stand outside the grid;
 * everything after stands in slots.
 */
import { isZero, malformed, type Rng } from '@tacet/base';
import { beginFrame, CODE, classOf, fillRest, openFrame } from './frame.ts';
import { MAX_PROOF } from './limits.ts';
import { requireInteger, requireLength, wireRange } from './range.ts';
import { FRAME_LENGTH, PREFIX_LENGTH } from './sizes.ts';
import type { Greeting, Hello, Welcome } from './types.ts';

const JOIN_SECRET = 16;
export const HANDLE = 8;
const HELLO_FILL = FRAME_LENGTH - PREFIX_LENGTH - JOIN_SECRET - HANDLE - 4;
const WELCOME_FILL = FRAME_LENGTH - PREFIX_LENGTH - HANDLE - 8;
const GREETING_FIXED = PREFIX_LENGTH + 2;

/** An empty join secret is 16 zero bytes on the wire. */
export function encodeHello(hello: Hello, rng: Rng): Uint8Array {
  const { joinSecret, resume, slotMs } = hello;
  if (joinSecret.length !== 0) {
    requireLength(joinSecret, JOIN_SECRET, 'join secret');
    if (isZero(joinSecret)) throw wireRange('join secret');
  }
  requireLength(resume, HANDLE, 'handle');
  requireInteger(slotMs, 0xffff_ffff, 'slot');
  const writer = beginFrame(CODE.hello)
    .put(joinSecret)
    .skip(JOIN_SECRET - joinSecret.length);
  return fillRest(writer.put(resume).u32(slotMs), HELLO_FILL, rng);
}

export function decodeHello(frame: Uint8Array): Hello {
  if (classOf(frame) !== 'hello') throw malformed('hello');
  const reader = openFrame(frame, 'hello');
  const secret = reader.copy(JOIN_SECRET);
  const resume = reader.copy(HANDLE);
  const slotMs = reader.u32();
  return { joinSecret: isZero(secret) ? new Uint8Array(0) : secret, resume, slotMs };
}

export function encodeGreeting({ proof }: Greeting, rng: Rng): Uint8Array {
  requireInteger(proof.length, MAX_PROOF, 'proof');
  const writer = beginFrame(CODE.greeting).u16(proof.length).put(proof);
  return fillRest(writer, FRAME_LENGTH - GREETING_FIXED - proof.length, rng);
}

export function decodeGreeting(frame: Uint8Array): Greeting {
  if (classOf(frame) !== 'greeting') throw malformed('greeting');
  const reader = openFrame(frame, 'greeting');
  return { proof: reader.copy(reader.u16()) };
}

export function encodeWelcome(welcome: Welcome, rng: Rng): Uint8Array {
  const { handle, now } = welcome;
  requireLength(handle, HANDLE, 'handle');
  if (isZero(handle)) throw wireRange('handle');
  const at = Math.floor(now);
  requireInteger(at, Number.MAX_SAFE_INTEGER, 'time');
  return fillRest(beginFrame(CODE.welcome).put(handle).u64(at), WELCOME_FILL, rng);
}

/** A zero handle is malformed: reply ids that begin with it would mean `no reply`. */
export function decodeWelcome(frame: Uint8Array): Welcome {
  if (classOf(frame) !== 'welcome') throw malformed('welcome');
  const reader = openFrame(frame, 'welcome');
  const handle = reader.copy(HANDLE);
  if (isZero(handle)) throw malformed('welcome');
  return { handle, now: reader.u64() };
}
