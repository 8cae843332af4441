/** Layer 0: words every other package uses. Imports nothing, does no I/O. */
export type { Brand, Bytes } from './brand.ts';
export { compareBytes, concat, equalBytes, isZero, u16, u32, u64 } from './bytes.ts';
export { BytesMap } from './bytes-map.ts';
export { Counters } from './counters.ts';
export {
  AppError,
  type ErrorKind,
  errorOf,
  isAppError,
  type Refusal,
  refusalOf,
  unreachable,
} from './errors.ts';
export { DeadlineHeap } from './heap.ts';
export { nearest } from './nearest.ts';
export { keyOf } from './number-key.ts';
export { ByteReader, ByteWriter, malformed } from './reader.ts';
export { RecentSet } from './recent-set.ts';
export {
  pick,
  type Rng,
  randomBetween,
  randomBytes,
  randomExponential,
  randomInt,
  randomUnit,
  shuffle,
} from './rng.ts';
export { Sensitive } from './sensitive.ts';
export { base64url, fromBase64url, fromHex, fromUtf8, hex, utf8 } from './text.ts';
export {
  type Clock,
  DAY,
  dayOf,
  HOUR,
  MINUTE,
  type Millis,
  SECOND,
} from './time.ts';
