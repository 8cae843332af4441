/**
 * What stands under which key. A key is the edge and the mark, nothing else; what has become of a
 * box is told by the length of its value alone.
 *
 *   2,400 octets  the record
 *   2,404         the record, u32 the day from which on it is to be erased: a tombstone came
 *   32            erased: hash of the record; in stores of before 64, the id and then it
 *
 * Each expires by itself when the box's day comes.
 */
import { equalBytes } from '@tacet/base';
import { hash } from '@tacet/crypto';
import { ID_LENGTH, RECORD_LENGTH } from './limits.ts';
import { encodeCommand } from './resp.ts';

const DAY_S = 86_400;
const DOOMED_LENGTH = RECORD_LENGTH + 4;
const EARLIER_REMNANT_LENGTH = ID_LENGTH + 32;

/** First second of a UTC day. */
export function startOf(day: number): number {
  return day * DAY_S;
}

/** The day of a time in seconds. */
export function dayAt(second: number): number {
  return Math.floor(second / DAY_S);
}

/** The name space of one edge in a cluster: 72 bits of its relay hash, which everybody knows. */
export function nameSpaceOf(edge: Uint8Array): string {
  return text(edge.subarray(0, 9));
}

export function keyOf(nameSpace: string, mark: Uint8Array): string {
  return `${nameSpace}:${text(mark)}`;
}

/** For `SCAN`: every box of an edge, and nothing else of it. */
export function patternOf(nameSpace: string): string {
  return `${nameSpace}:*`;
}

/** Of the length `STRLEN` tells. */
export function isDoomed(length: number): boolean {
  return length === DOOMED_LENGTH;
}

/** The record in a value, or null when it is erased. */
export function recordIn(value: Uint8Array): Uint8Array | null {
  const isHeld = value.length === RECORD_LENGTH || value.length === DOOMED_LENGTH;
  return isHeld ? value.subarray(0, RECORD_LENGTH) : null;
}

/** The day of a value's tombstone, or null. */
export function effectDayIn(value: Uint8Array): number | null {
  if (value.length !== DOOMED_LENGTH) return null;
  return new DataView(value.buffer, value.byteOffset).getUint32(RECORD_LENGTH);
}

/** Whether the box that stands there was filled with this record. */
export function holds(value: Uint8Array, record: Uint8Array): boolean {
  const held = recordIn(value);
  if (held !== null) return equalBytes(held, record);
  const left = value.length === EARLIER_REMNANT_LENGTH ? value.subarray(ID_LENGTH) : value;
  return equalBytes(left, remnantOf(record));
}

/** What stays of an erased record until its day: enough to know a retry from an overwrite. */
export function remnantOf(record: Uint8Array): Uint8Array {
  return hash('erased-box', record);
}

/** Answers null when nothing stood there, and what stands there otherwise. */
export function putCommand(key: string, record: Uint8Array, expiryDay: number): Uint8Array {
  return encodeCommand('SET', key, record, 'NX', 'GET', 'EXAT', startOf(expiryDay));
}

/**
 * Writes nothing new, but is a write: a `WAIT` after it covers what another connection wrote
 * before. Answers the second at which the box ends, or 0 when it has gone.
 */
export function confirmCommand(key: string): Uint8Array {
  return script(
    key,
    `local t = redis.call('EXPIRETIME', KEYS[1])
if t <= 0 then return 0 end
if redis.call('EXPIREAT', KEYS[1], t) == 0 then return 0 end
return t`,
  );
}

/** A second tombstone writes what stands there once more, so that its answer is as durable. */
export function doomCommand(key: string, id: Uint8Array, effectDay: number): Uint8Array {
  const day = new Uint8Array(4);
  new DataView(day.buffer).setUint32(0, effectDay);
  return script(
    key,
    `local v = redis.call('GET', KEYS[1])
if not v or #v < ${RECORD_LENGTH} or string.sub(v, 1, ${ID_LENGTH}) ~= ARGV[1] then return 0 end
if #v == ${RECORD_LENGTH} then v = v .. ARGV[2] end
redis.call('SET', KEYS[1], v, 'KEEPTTL')
return 1`,
    id,
    day,
  );
}

export function eraseCommand(key: string, remnant: Uint8Array): Uint8Array {
  return script(
    key,
    `if redis.call('STRLEN', KEYS[1]) ~= ${DOOMED_LENGTH} then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'KEEPTTL')
return 1`,
    remnant,
  );
}

/** Scripts go with their text: they are rare, and a new primary knows none by its hash. */
export function script(key: string, source: string, ...args: (string | number | Uint8Array)[]) {
  return encodeCommand('EVAL', source, 1, key, ...args);
}

function text(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: 'base64url', omitPadding: true });
}
