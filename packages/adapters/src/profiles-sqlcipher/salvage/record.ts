/** SQLite's record format ("Record Format" of its file format): the values of one row. Refuses what is not whole. */
import { fromUtf8 } from '@tacet/base';
import type { SqlValue } from '@tacet/client';

/** What a cell said is no row. */
export class BadRow extends Error {}

/** The number at a place and the place behind it; throws BadRow beyond 2^53. */
export function varint(bytes: Uint8Array, at: number): readonly [number, number] {
  let value = 0n;
  for (let n = 0; n < 9; n++) {
    const byte = bytes[at + n];
    if (byte === undefined) throw new BadRow();
    if (n === 8) return [safe(BigInt.asIntN(64, (value << 8n) | BigInt(byte))), at + 9];
    value = (value << 7n) | BigInt(byte & 0x7f);
    if (byte < 0x80) return [safe(value), at + n + 1];
  }
  throw new BadRow();
}

/** The columns that stand in it: as many as the table had when the row was written. */
export function recordOf(payload: Uint8Array): SqlValue[] {
  const [headerBytes, first] = varint(payload, 0);
  const values: SqlValue[] = [];
  let body = headerBytes;
  let at = first;
  while (at < headerBytes) {
    const [type, next] = varint(payload, at);
    at = next;
    const length = lengthOf(type);
    if (body + length > payload.length) throw new BadRow();
    values.push(columnOf(type, payload.subarray(body, body + length)));
    body += length;
  }
  if (at !== headerBytes || body !== payload.length) throw new BadRow();
  return values;
}

function lengthOf(type: number): number {
  if (type >= 12) return Math.floor((type - 12) / 2);
  const length = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0][type];
  if (length === undefined) throw new BadRow();
  return length;
}

function columnOf(type: number, bytes: Uint8Array): SqlValue {
  if (type === 0) return null;
  if (type === 8 || type === 9) return type - 8;
  if (type === 7) return new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0);
  if (type < 7) {
    const value = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    return safe(BigInt.asIntN(bytes.length * 8, value));
  }
  if (type % 2 === 0) return bytes.slice();
  try {
    return fromUtf8(bytes);
  } catch {
    throw new BadRow();
  }
}

function safe(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new BadRow();
  return number;
}
