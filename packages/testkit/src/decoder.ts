/**
 * The rules every decoder keeps (CONTRIBUTING.md, "Decoding"), as one function: it takes
 * exactly what was encoded, refuses everything else in one way, and keeps no view of its input.
 */
import assert from 'node:assert/strict';
import { AppError, type ErrorKind, type Rng, randomBytes, randomInt } from '@tacet/base';

export interface DecoderUnderTest<T> {
  /** Throws an AppError or returns null for what it refuses. */
  readonly decode: (bytes: Uint8Array) => T | null;
  /** Omit where the encoder cannot be applied to the decoded value. */
  readonly encode?: (value: T) => Uint8Array;
  readonly valid: Uint8Array;
  readonly rng: Rng;
  /** Kinds of error that are a refusal; others are bugs. */
  readonly kinds?: readonly ErrorKind[];
  /** Signed: no changed byte may pass. Otherwise what passes must encode to itself. */
  readonly signed?: boolean;
  /** Places tried for each kind of damage; all, when the input has fewer. */
  readonly places?: number;
  readonly fuzzRuns?: number;
}

export function checkDecoder<T>(subject: DecoderUnderTest<T>): void {
  const { valid, rng, encode, places = 300, fuzzRuns = 200 } = subject;
  const value = accepted(subject, valid, 'the valid input');
  if (encode !== undefined) assert.deepEqual(plain(encode(value)), plain(valid), 'round trip');

  const framed = new Uint8Array(valid.length + 16);
  randomBytes(rng, 8).forEach((byte, i) => {
    framed[i] = byte;
  });
  framed.set(valid, 8);
  const view = framed.subarray(8, 8 + valid.length);
  const fromView = accepted(subject, view, 'a view into a larger buffer');
  framed.fill(0xee);
  assert.deepEqual(fromView, value, 'the value kept a view of its input');
  accepted(subject, Buffer.from(valid), 'a Buffer');

  for (const length of sample(rng, valid.length, places)) {
    refused(subject, valid.subarray(0, length), `truncated to ${length}`);
  }
  for (const extra of [Uint8Array.of(0), randomBytes(rng, 1), valid]) {
    refused(subject, Buffer.concat([valid, extra]), `${extra.length} trailing bytes`);
  }
  for (const at of sample(rng, valid.length, places)) {
    const damaged = valid.slice();
    damaged[at] = (damaged[at] ?? 0) ^ (1 << randomInt(rng, 8));
    damagedInput(subject, damaged, `bit flipped in byte ${at}`);
    const removed = Buffer.concat([valid.subarray(0, at), valid.subarray(at + 1)]);
    damagedInput(subject, removed, `byte ${at} removed`);
  }
  for (let i = 0; i < fuzzRuns; i++) {
    damagedInput(subject, randomBytes(rng, randomInt(rng, 600)), 'random bytes');
    const damaged = valid.slice();
    for (let n = randomInt(rng, 8); n >= 0; n--) {
      damaged[randomInt(rng, damaged.length)] = randomInt(rng, 256);
    }
    damagedInput(subject, damaged, 'several bytes replaced');
  }
}

/** Undefined when the input was refused. */
function attempt<T>(subject: DecoderUnderTest<T>, bytes: Uint8Array, what: string): T | undefined {
  const { kinds = ['input', 'refused'] } = subject;
  try {
    return subject.decode(bytes) ?? undefined;
  } catch (error) {
    if (error instanceof AppError && kinds.includes(error.kind)) return undefined;
    throw new Error(`${what}: not a refusal`, { cause: error });
  }
}

function accepted<T>(subject: DecoderUnderTest<T>, bytes: Uint8Array, what: string): T {
  const value = attempt(subject, bytes, what);
  assert.notEqual(value, undefined, `${what} was refused`);
  return value as T;
}

function refused<T>(subject: DecoderUnderTest<T>, bytes: Uint8Array, what: string): void {
  assert.equal(attempt(subject, bytes, what), undefined, `${what} was taken`);
}

function damagedInput<T>(subject: DecoderUnderTest<T>, bytes: Uint8Array, what: string): void {
  if (Buffer.compare(bytes, subject.valid) === 0) return;
  const value = attempt(subject, bytes, what);
  if (value === undefined) return;
  assert.ok(!subject.signed, `${what} was taken`);
  if (subject.encode === undefined) return;
  assert.deepEqual(plain(subject.encode(value)), plain(bytes), `${what}: another form was taken`);
}

/** All places of a short input; of a long one both ends and some in between. */
function sample(rng: Rng, length: number, places: number): number[] {
  if (length <= places) return Array.from({ length }, (_, i) => i);
  const third = Math.floor(places / 3);
  const between = Array.from({ length: third }, () => randomInt(rng, length));
  const ends = Array.from({ length: third }, (_, i) => [i, length - 1 - i]).flat();
  return [...ends, ...between];
}

function plain(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes);
}
