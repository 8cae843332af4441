/** Signed erasure of a box (docs/spec/05-boxes.md, 4). It names no content: 32 zero bytes. */
import { edKeyPair, edSign, wipe } from '@tacet/crypto';
import type { NetworkId } from '@tacet/directory';
import { boxMessage, verifyBox } from './record.ts';
import type { BoxId } from './types.ts';

const NO_CONTENT = new Uint8Array(32);

/** @param seed 32 bytes of the box's Ed25519 key @returns 64 bytes */
export function signTombstone(seed: Uint8Array, networkId: NetworkId): Uint8Array {
  const { publicKey, secretKey } = edKeyPair(seed);
  const message = boxMessage('box-tombstone', networkId, publicKey, NO_CONTENT);
  const signature = edSign(secretKey, message);
  wipe(secretKey);
  return signature;
}

export function verifyTombstone(id: BoxId, signature: Uint8Array, networkId: NetworkId): boolean {
  return verifyBox(id, signature, boxMessage('box-tombstone', networkId, id, NO_CONTENT));
}
