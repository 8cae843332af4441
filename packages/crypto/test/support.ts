import { readFileSync } from 'node:fs';
import { randomBytes } from '@tacet/base';
import { systemRng } from '@tacet/crypto';

export const bytes = (n: number): Uint8Array => randomBytes(systemRng, n);

export function readVectors<T>(name: string): T {
  const url = new URL(`../../../vectors/crypto/${name}`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as T;
}

/** The value with one bit changed. */
export function flip(value: Uint8Array, bit: number): Uint8Array {
  const out = Uint8Array.from(value);
  out[bit >> 3] = (out[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return out;
}

export const RUNS = Number(process.env.FC_RUNS ?? 100);
