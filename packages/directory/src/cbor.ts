/**
 * Canonical CBOR (docs/spec/06-directory.md, 1): RFC 8949 section 4.2.1 cut down to unsigned
 * integers below 2^53, byte strings, text, booleans, arrays and maps with text keys. One value
 * has one encoding, so hashes and signatures need no second form. Decoding refuses whatever
 * would not be encoded to the same bytes again.
 */
import { AppError, equalBytes, malformed } from '@tacet/base';
import { decode, encode, Tokenizer } from 'cborg';
import { MAX_CBOR_ITEMS } from './limits.ts';

export type Cbor = number | boolean | string | Uint8Array | readonly Cbor[] | CborMap;
export interface CborMap {
  readonly [key: string]: Cbor;
}

const STRICT = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
} as const;

/** Throws `cbor-value` (bug) for a value outside the subset. */
export function encodeCanonical(value: Cbor): Uint8Array {
  if (!inSubset(value)) throw new AppError('cbor-value', 'bug', 'a value has no canonical form');
  return new Uint8Array(encode(value));
}

/**
 * @param what names the structure in the error.
 * @throws `malformed` for anything but the canonical encoding of one value of the subset.
 */
export function decodeCanonical(bytes: Uint8Array, what: string, maxBytes: number): Cbor {
  if (bytes.length === 0 || bytes.length > maxBytes) throw malformed(what);
  const input = Uint8Array.from(bytes);
  let value: unknown;
  let again: Uint8Array;
  try {
    value = decode(input, { ...STRICT, tokenizer: new CountingTokenizer(input, STRICT) });
    if (!inSubset(value)) throw malformed(what);
    again = encode(value);
  } catch {
    throw malformed(what);
  }
  if (!equalBytes(again, input)) throw malformed(what);
  return value;
}

/** A megabyte of empty maps would become a hundred megabytes of objects: count before that. */
class CountingTokenizer extends Tokenizer {
  private items = 0;

  override next(): ReturnType<Tokenizer['next']> {
    this.items += 1;
    if (this.items > MAX_CBOR_ITEMS) throw malformed('cbor');
    return super.next();
  }
}

function inSubset(value: unknown): value is Cbor {
  switch (typeof value) {
    case 'number':
      return Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0);
    case 'boolean':
    case 'string':
      return true;
    case 'object':
      if (value === null) return false;
      if (value instanceof Uint8Array) return true;
      return (Array.isArray(value) ? value : Object.values(value)).every(inSubset);
    default:
      return false;
  }
}
