/** Text encodings, for the edges only: files, links, JSON, screens. Decoders are strict. */
import { malformed } from './reader.ts';

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function utf8(text: string): Uint8Array {
  return utf8Encoder.encode(text);
}

export function fromUtf8(bytes: Uint8Array): string {
  try {
    return utf8Decoder.decode(bytes);
  } catch {
    throw malformed('text');
  }
}

export function hex(bytes: Uint8Array): string {
  return bytes.toHex();
}

export function fromHex(text: string): Uint8Array {
  if (!/^([0-9a-f]{2})*$/.test(text)) throw malformed('hex');
  return Uint8Array.fromHex(text);
}

export function base64url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: 'base64url', omitPadding: true });
}

/** Accepts the canonical form only: no padding, no stray low bits. */
export function fromBase64url(text: string): Uint8Array {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw malformed('base64url');
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.fromBase64(text, { alphabet: 'base64url' });
  } catch {
    throw malformed('base64url');
  }
  if (base64url(bytes) !== text) throw malformed('base64url');
  return bytes;
}
