/**
 * Canonical CBOR (RFC 8949, 4.2.1) with one outcome: a value of the subset of docs/spec/07-streams.md,
 * 4, whose own encoding is exactly those bytes, or `malformed`; and readers for what stands in it.
 */
import { equalBytes, malformed } from '@tacet/base';
import { decode, encode, rfc8949EncodeOptions } from 'cborg';
import { MAX_ENVELOPE_DEPTH } from '../limits.ts';

/** Keeps no view of `bytes`. */
export function decodeCanonical(bytes: Uint8Array): unknown {
  const input = Uint8Array.from(bytes);
  let value: unknown;
  let again: Uint8Array;
  try {
    value = decode(input, {
      useMaps: true,
      strict: true,
      allowIndefinite: false,
      allowUndefined: false,
      allowNaN: false,
      allowInfinity: false,
      rejectDuplicateMapKeys: true,
    });
    again = encodeCanonical(value);
  } catch {
    throw malformed('envelope');
  }
  if (!equalBytes(again, input)) throw malformed('envelope');
  checkSubset(value);
  return value;
}

/** Level by level, so that depth costs no stack. */
function checkSubset(value: unknown): void {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    const next: unknown[] = [];
    for (const item of level) {
      const holds = item instanceof Map || Array.isArray(item);
      if (holds && depth >= MAX_ENVELOPE_DEPTH) throw malformed('envelope');
      if (item instanceof Map) {
        for (const [key, inner] of item) {
          if (!Number.isSafeInteger(key) && typeof key !== 'string') throw malformed('envelope');
          next.push(inner);
        }
      } else if (Array.isArray(item)) for (const inner of item) next.push(inner);
      else if (typeof item === 'number' || typeof item === 'bigint') {
        if (!Number.isSafeInteger(item)) throw malformed('envelope');
      }
    }
    level = next;
  }
}

export function encodeCanonical(value: unknown): Uint8Array {
  // Plain bytes of its own, never a Buffer.
  return Uint8Array.from(encode(value, rfc8949EncodeOptions));
}

export function mapOf(value: unknown): Map<unknown, unknown> {
  if (!(value instanceof Map)) throw malformed('envelope');
  return value;
}

/** A list of `least` to `most` items. */
export function listOf(value: unknown, least: number, most: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length < least || value.length > most) {
    throw malformed('envelope');
  }
  return value;
}

export function whole(value: unknown, least = 0, most = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > most) {
    throw malformed('envelope');
  }
  return value;
}

export function bytesOf(value: unknown, length: number): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length !== length) throw malformed('envelope');
  return value;
}

/** Text of `least` to `most` bytes of UTF-8. */
export function textOf(value: unknown, least: number, most: number): string {
  if (typeof value !== 'string') throw malformed('envelope');
  const bytes = textBytes(value);
  if (bytes < least || bytes > most) throw malformed('envelope');
  return value;
}

/** Bytes of UTF-8, counted without making them. */
export function textBytes(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
  }
  return bytes;
}

/** The longest beginning of `text` that takes at most `most` bytes, whole code points. */
export function cutText(text: string, most: number): string {
  let bytes = 0;
  let end = 0;
  for (const char of text) {
    bytes += textBytes(char);
    if (bytes > most) return text.slice(0, end);
    end += char.length;
  }
  return text;
}
