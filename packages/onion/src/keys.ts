/**
 * Key schedule of one layer (docs/spec/02-onion.md, 3).
 *   prk  = BLAKE2b-256(key: KEM secret; label onion-layer | layer u8 | epoch u32 | document hash)
 *   keys = ChaCha20(key: prk, nonce 0), 212 bytes, cut in this order:
 *          header key 32 | header nonce 12 | LIONESS 4 x 32 | replay tag 8 | MAC key 32
 * The ciphertext is not hashed again: X-Wing's secret depends on all of it, and the header's AEAD
 * authenticates it as associated data.
 */
import { hashRawInto, type LionessKeys, labelBytes, lionessKeys, streamInto } from '@tacet/crypto';
import type { DocumentHash } from './types.ts';

export const PRK_LENGTH = 32;
const MATERIAL = 212;

/** One set of buffers, filled again for each packet. Views are made once. */
export class LayerKeys {
  private readonly input: Uint8Array;
  private readonly view: DataView;
  private readonly contextAt: number;
  private readonly material = new Uint8Array(MATERIAL);
  readonly prk: Uint8Array = new Uint8Array(PRK_LENGTH);
  readonly headerKey: Uint8Array = this.material.subarray(0, 32);
  readonly headerNonce: Uint8Array = this.material.subarray(32, 44);
  readonly lioness: LionessKeys = lionessKeys(this.material.subarray(44, 172));
  readonly replayTag: Uint8Array = this.material.subarray(172, 180);
  readonly macKey: Uint8Array = this.material.subarray(180, 212);

  constructor() {
    const label = labelBytes('onion-layer');
    this.contextAt = label.length;
    this.input = new Uint8Array(label.length + 1 + 4 + 32);
    this.input.set(label);
    this.view = new DataView(this.input.buffer);
  }

  derive(secret: Uint8Array, layer: number, epoch: number, documentHash: DocumentHash): void {
    this.input[this.contextAt] = layer;
    this.view.setUint32(this.contextAt + 1, epoch);
    this.input.set(documentHash, this.contextAt + 5);
    hashRawInto(this.prk, secret, this.input);
    streamInto(this.material, this.prk);
  }

  /** The same keys again from a kept `prk`. */
  fromPrk(prk: Uint8Array): void {
    streamInto(this.material, prk);
  }

  wipe(): void {
    this.prk.fill(0);
    this.material.fill(0);
  }
}
