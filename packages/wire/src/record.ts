/**
 * Box records (docs/spec/05-boxes.md, 3): sealed by a writer, checked by an edge, opened by a
 * reader. The same plaintext under the same box always gives the same record, so that a retry is
 * idempotent; the nonce comes from the plaintext, so that a rolled-back copy of a profile never
 * seals two plaintexts under one nonce.
 */
import { concat, equalBytes } from '@tacet/base';
import {
  edKeyPair,
  edSign,
  edVerify,
  hash,
  hashKeyed,
  type Label,
  labelBytes,
  openBox,
  sealBox,
  wipe,
} from '@tacet/crypto';
import type { NetworkId } from '@tacet/directory';
import { markOf } from './mark.ts';
import { requireLength } from './range.ts';
import { BOX_ID, BOX_PLAINTEXT, BOX_RECORD, NONCE, SIGNATURE } from './sizes.ts';
import type { BoxId, BoxRecord, Mark } from './types.ts';

const CONTENT_AT = BOX_ID + SIGNATURE;

/** What a box key signs: label | network id | id | 32 bytes that name the content. */
export function boxMessage(
  label: Label,
  networkId: NetworkId,
  id: Uint8Array,
  content: Uint8Array,
): Uint8Array {
  return concat(labelBytes(label), networkId, id, content);
}

/**
 * Overwrites the message: an edge checks boxes as they come, and freed messages, as they are, would
 * lie in its memory in that order.
 */
export function verifyBox(id: BoxId, signature: Uint8Array, message: Uint8Array): boolean {
  const isSigned = edVerify(id, signature, message);
  wipe(message);
  return isSigned;
}

/** @param box `seed`: 32 bytes of the Ed25519 key; `key`: 32 bytes; `plaintext`: 2,264 bytes */
export function sealRecord(
  box: { readonly seed: Uint8Array; readonly key: Uint8Array },
  networkId: NetworkId,
  plaintext: Uint8Array,
): BoxRecord {
  requireLength(plaintext, BOX_PLAINTEXT, 'box plaintext');
  const { publicKey: id, secretKey } = edKeyPair(box.seed);
  const nonce = hashKeyed(box.key, 'record-nonce', NONCE, plaintext);
  const content = concat(nonce, sealBox(box.key, nonce, plaintext, id));
  const message = boxMessage('box-put', networkId, id, hash('box-content', content));
  const signature = edSign(secretKey, message);
  wipe(secretKey);
  return concat(id, signature, content) as BoxRecord;
}

/** What an edge checks before it stores: length and signature. Null when either is wrong. */
export function verifyRecord(
  record: Uint8Array,
  networkId: NetworkId,
): { readonly id: BoxId; readonly mark: Mark } | null {
  if (record.length !== BOX_RECORD) return null;
  const id = record.slice(0, BOX_ID) as BoxId;
  const content = hash('box-content', record.subarray(CONTENT_AT));
  const message = boxMessage('box-put', networkId, id, content);
  const isSigned = verifyBox(id, record.subarray(BOX_ID, CONTENT_AT), message);
  return isSigned ? { id, mark: markOf(id) } : null;
}

/**
 * The 2,264 plaintext bytes, or null when this is not the box's record: another id (the usual
 * case for a cover read), a wrong signature, or a content the key does not open.
 */
export function openRecord(
  box: { readonly id: BoxId; readonly key: Uint8Array },
  networkId: NetworkId,
  record: Uint8Array,
): Uint8Array | null {
  if (record.length !== BOX_RECORD || !equalBytes(record.subarray(0, BOX_ID), box.id)) return null;
  if (verifyRecord(record, networkId) === null) return null;
  const nonce = record.subarray(CONTENT_AT, CONTENT_AT + NONCE);
  return openBox(box.key, nonce, record.subarray(CONTENT_AT + NONCE), box.id);
}
