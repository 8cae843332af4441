/**
 * Wrapping: builds a header from its innermost layer outwards, and with it the payload of a
 * request (docs/spec/02-onion.md, 5). Shared by requests, reply blocks and loops.
 */
import { AppError, type Rng } from '@tacet/base';
import { kemEncapsulate, lionessEncrypt, macInto, sealHeader } from '@tacet/crypto';
import { GEOMETRY as G } from './geometry.ts';
import { LayerKeys, PRK_LENGTH } from './keys.ts';
import { writePrefix } from './prefix.ts';
import { FLAG_MAC, ROUTING_ID_AT, ROUTING_MAC_AT } from './routing.ts';
import type { DocumentHash, Hop } from './types.ts';

/** What the builder puts into one hop's routing block. */
export interface Instruction {
  readonly hop: Hop;
  readonly command: number;
  readonly next: number;
  /** Zeros when absent. */
  readonly id: Uint8Array | null;
}

export interface Course {
  readonly epoch: number;
  readonly documentHash: DocumentHash;
  /** The layer of the first instruction, 1..4. */
  readonly firstLayer: number;
  readonly instructions: readonly Instruction[];
}

export class LayerWrapper {
  private readonly rng: Rng;
  private readonly keys = new LayerKeys();
  private readonly ad = new Uint8Array(G.prefix + G.kemCiphertext);
  private readonly adPrefix = this.ad.subarray(0, G.prefix);

  constructor(rng: Rng) {
    this.rng = rng;
  }

  /**
   * Fills `header`, the live bytes from the course's first layer to its end. What lies behind the
   * last instruction's routing block stays as the caller left it and is sealed with it.
   * @param payload encrypted in place and authenticated, or null for a reply block
   * @param prks where each layer's `prk` goes, first instruction first; null to forget them
   */
  wrap(
    header: Uint8Array,
    course: Course,
    payload: Uint8Array | null,
    prks: Uint8Array | null,
  ): void {
    for (let i = course.instructions.length - 1; i >= 0; i--) {
      const { hop, command, next, id } = course.instructions[i] as Instruction;
      const layer = course.firstLayer + i;
      requireU16(hop.index);
      requireU16(next);
      requireU32(hop.delayMs);

      const { ciphertext, secret } = kemEncapsulate(hop.key, this.rng);
      this.keys.derive(secret, layer, course.epoch, course.documentHash);
      secret.fill(0);
      prks?.set(this.keys.prk, i * PRK_LENGTH);

      const at = i * G.layer;
      header.set(ciphertext, at);
      const tag = header.subarray(at + G.kemCiphertext, at + G.kemCiphertext + G.tag);
      const sealed = header.subarray(at + G.kemCiphertext + G.tag);
      const routing = sealed.subarray(0, G.routing);
      routing.fill(0);
      routing[0] = command;
      routing[1] = payload === null ? 0 : FLAG_MAC;
      routing[2] = next >>> 8;
      routing[3] = next;
      routing[4] = hop.delayMs >>> 24;
      routing[5] = hop.delayMs >>> 16;
      routing[6] = hop.delayMs >>> 8;
      routing[7] = hop.delayMs;
      if (id !== null) routing.set(id, ROUTING_ID_AT);
      const mac = routing.subarray(ROUTING_MAC_AT);
      if (payload === null) {
        this.rng.fill(mac);
      } else {
        lionessEncrypt(this.keys.lioness, payload);
        macInto(mac, this.keys.macKey, payload);
      }
      writePrefix(this.adPrefix, { layer, epoch: course.epoch, index: hop.index });
      this.ad.set(ciphertext, G.prefix);
      sealHeader(sealed, tag, this.keys.headerKey, this.keys.headerNonce, sealed, this.ad);
    }
    this.keys.wipe();
  }
}

function requireU16(value: number): void {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff) throw badPath();
}

export function requireU32(value: number): void {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) throw badPath();
}

export function badPath(): AppError {
  return new AppError('onion-path', 'bug', 'a path has an index, delay or length out of range');
}
