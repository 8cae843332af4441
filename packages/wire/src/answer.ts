/**
 * The answer to a request: always 7,560 bytes (docs/spec/05-boxes.md, 6). Bytes without a
 * meaning are random, so that nobody but the asker learns from an answer which one it was.
 */
import { ByteReader, malformed, type Rng } from '@tacet/base';
import { requireInteger, requireLength } from './range.ts';
import { ANSWER_LENGTH, BOX_RECORD } from './sizes.ts';
import type { BoxAnswer } from './types.ts';

const STORED = 1;
const TAKEN = 2;
const REFUSED = 3;
const READ = 4;
const RECORDS = 3;
const RECORDS_AT = 1 + 4;
const CODES = { stored: STORED, taken: TAKEN, refused: REFUSED, read: READ } as const;

/** What an edge found of the three boxes asked for, in that order; null for what it has not. */
export interface ReadAnswer {
  readonly status: 'read';
  readonly records: readonly (Uint8Array | null)[];
}

/** @param out takes the answer, every byte of it; returned */
export function encodeAnswer(
  answer: BoxAnswer | ReadAnswer,
  rng: Rng,
  out: Uint8Array = new Uint8Array(ANSWER_LENGTH),
): Uint8Array {
  requireLength(out, ANSWER_LENGTH, 'answer');
  if (answer.status === 'read') {
    rng.fill(out.subarray(0, RECORDS_AT));
    for (let i = 0; i < RECORDS; i++) {
      const place = out.subarray(RECORDS_AT + i * BOX_RECORD, RECORDS_AT + (i + 1) * BOX_RECORD);
      const record = answer.records[i];
      if (record === undefined || record === null) {
        rng.fill(place);
        continue;
      }
      requireLength(record, BOX_RECORD, 'record');
      place.set(record);
    }
    rng.fill(out.subarray(RECORDS_AT + RECORDS * BOX_RECORD));
  } else rng.fill(out);
  if (answer.status === 'stored') {
    requireInteger(answer.expiryDay, 0xffff_ffff, 'expiry day');
    new DataView(out.buffer, out.byteOffset).setUint32(1, answer.expiryDay);
  }
  out[0] = CODES[answer.status];
  return out;
}

/** Records are views into `bytes`. Throws `malformed` on another length or status. */
export function decodeAnswer(bytes: Uint8Array): BoxAnswer {
  if (bytes.length !== ANSWER_LENGTH) throw malformed('answer');
  const reader = new ByteReader(bytes, 'answer');
  const status = reader.u8();
  const expiryDay = reader.u32();
  switch (status) {
    case STORED:
      return { status: 'stored', expiryDay };
    case TAKEN:
      return { status: 'taken' };
    case REFUSED:
      return { status: 'refused' };
    case READ: {
      const record = (): Uint8Array => reader.slice(BOX_RECORD);
      return { status: 'read', records: [record(), record(), record()] };
    }
    default:
      throw malformed('answer');
  }
}
