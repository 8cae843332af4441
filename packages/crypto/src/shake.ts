/** SHAKE256 (FIPS 202): X-Wing's seed expansion. */
import { hash as digest } from 'node:crypto';
import { plain } from './plain.ts';

export function shake256(input: Uint8Array, length: number): Uint8Array {
  return plain(digest('shake256', input, { outputEncoding: 'buffer', outputLength: length }));
}
