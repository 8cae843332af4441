/** The field types that descriptors, documents and cards are made of, each with its range. */
import { type Brand, malformed, utf8 } from '@tacet/base';
import {
  HYBRID_PUBLIC_LENGTH,
  HYBRID_SIGNATURE_LENGTH,
  hybridPublicKeyFrom,
  hybridSignatureFrom,
  KEM_PUBLIC_LENGTH,
  type KemPublicKey,
  kemPublicKeyFrom,
} from '@tacet/crypto';
import * as v from 'valibot';
import { parseAddress } from './address.ts';
import { MAX_NAME_BYTES, MAX_SOURCE_URL_BYTES } from './limits.ts';

/** Times are whole milliseconds before the year 10000. */
const MAX_TIME = 253_402_300_799_999;
export const MAX_EPOCH = 0xffff_ffff;

export function uint(min: number, max: number) {
  return v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
}

export function bytes(min: number, max = min) {
  return v.pipe(v.instance(Uint8Array), v.minLength(min), v.maxLength(max));
}

/** Bytes of one length under a brand. */
export function branded<T extends Brand<Uint8Array, string>>(length: number) {
  return v.pipe(
    bytes(length),
    v.transform((value) => value as T),
  );
}

function converted<T>(length: number, convert: (value: Uint8Array) => T) {
  return v.pipe(
    bytes(length),
    v.rawTransform<Uint8Array<ArrayBuffer>, T>(({ dataset, addIssue, NEVER }) => {
      try {
        return convert(dataset.value);
      } catch {
        addIssue();
        return NEVER;
      }
    }),
  );
}

export const time = uint(0, MAX_TIME);
export const epoch = uint(0, MAX_EPOCH);
export const hybridKey = converted(HYBRID_PUBLIC_LENGTH, hybridPublicKeyFrom);
export const hybridSignature = converted(HYBRID_SIGNATURE_LENGTH, hybridSignatureFrom);
export const kemKey = converted<KemPublicKey>(KEM_PUBLIC_LENGTH, kemPublicKeyFrom);

/**
 * Names that windows show: 1..32 bytes of UTF-8 without control characters, line separators and
 * the invisible or direction-changing ones that make two names look alike.
 */
export const name = v.pipe(
  v.string(),
  v.check((text) => text.length > 0 && utf8(text).length <= MAX_NAME_BYTES),
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  v.regex(/^[^\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]*$/u),
  v.check((text) => text.isWellFormed() && text.trim() === text),
);

export const address = v.pipe(
  v.string(),
  v.check((text) => parseAddress(text) !== null),
);

export const sourceUrl = v.pipe(
  v.string(),
  v.maxLength(MAX_SOURCE_URL_BYTES),
  v.regex(/^https:\/\/[a-z0-9][A-Za-z0-9._~:/?#@!$&'()*+,;=%[\]-]*$/),
);

/** SHA-1 or SHA-256 of a commit. */
export const commit = v.pipe(v.string(), v.regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/));
export const country = v.pipe(v.string(), v.regex(/^[A-Z]{2}$/));

/** As descriptors carry it: a family, or the name of a network. */
export function isName(value: unknown): value is string {
  return v.is(name, value);
}

/** Two capital letters, as descriptors carry them. */
export function isCountry(value: unknown): value is string {
  return v.is(country, value);
}

/** Parses or throws `malformed`; the issue list stays here, it may quote the input. */
export function parse<T>(schema: v.GenericSchema<unknown, T>, value: unknown, what: string): T {
  const result = v.safeParse(schema, value);
  if (!result.success) throw malformed(what);
  return result.output;
}
