/** Boxes with random keys and numbered contents. */
import { randomBytes } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import type { NetworkId } from '@tacet/directory';
import {
  BOX_PLAINTEXT,
  type BoxAnswer,
  type BoxId,
  type BoxRecord,
  type Mark,
  markOf,
  openRecord,
  sealRecord,
} from '@tacet/wire';

export interface TestBox {
  readonly id: BoxId;
  readonly mark: Mark;
  readonly record: BoxRecord;
  /** The number in the first of these records that is this box's, or null. */
  read(answer: BoxAnswer): number | null;
}

export function makeBox(networkId: NetworkId, number: number, seed = randomSeed()): TestBox {
  const key = seed.slice().reverse();
  const plaintext = new Uint8Array(BOX_PLAINTEXT);
  new DataView(plaintext.buffer).setUint32(0, number);
  const record = sealRecord({ seed, key }, networkId, plaintext);
  const id = record.slice(0, 32) as BoxId;
  return {
    id,
    mark: markOf(id),
    record,
    read(answer) {
      if (answer.status !== 'read') return null;
      for (const candidate of answer.records) {
        const opened = openRecord({ id, key }, networkId, candidate as BoxRecord);
        if (opened !== null) return new DataView(opened.buffer, opened.byteOffset).getUint32(0);
      }
      return null;
    },
  };
}

export function randomSeed(): Uint8Array {
  return randomBytes(systemRng, 32);
}

export function randomMark(): Mark {
  return randomBytes(systemRng, 8) as Mark;
}
