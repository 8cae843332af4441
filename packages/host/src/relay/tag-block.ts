/**
 * The last block of an epoch's file of replay tags: a tag stands in a place by lot, so that of a block
 * nothing says in which order packets came. An empty place is zeros; a tag of zeros, one in 2^64, is
 * lost with the process.
 */
import { randomFillSync } from 'node:crypto';

const TAG = 8;
/** One page of a disk: writing the block again costs no more than adding to it. */
const TAGS = 512;
export const BLOCK_BYTES: number = TAGS * TAG;

export class TagBlock {
  /** As it is to stand in the file. */
  readonly bytes: Uint8Array = new Uint8Array(BLOCK_BYTES);
  /** Empty places, in an order by lot; those behind `left` are filled, and forgotten here. */
  private readonly places = new Uint16Array(TAGS);
  private readonly words = new Uint32Array(TAGS);
  private left = 0;

  /** @param begun what the file has of it, whole tags; none for a new block */
  constructor(begun: Uint8Array = new Uint8Array(0)) {
    this.begin(begun);
  }

  get isFull(): boolean {
    return this.left === 0;
  }

  /** Forgets what was there. */
  begin(begun: Uint8Array = new Uint8Array(0)): void {
    const { bytes, places, words } = this;
    bytes.fill(0);
    bytes.set(begun);
    this.left = 0;
    randomFillSync(words);
    for (let place = 0; place < TAGS; place++) {
      if (!isEmpty(bytes, place * TAG)) continue;
      const end = this.left++;
      // The remainder prefers some by less than 2^-23.
      const drawn = (words[place] as number) % this.left;
      places[end] = places[drawn] as number;
      places[drawn] = place;
    }
    words.fill(0);
  }

  /** It must not be full. */
  add(tag: Uint8Array): void {
    this.left -= 1;
    this.bytes.set(tag, (this.places[this.left] as number) * TAG);
    this.places[this.left] = 0;
  }

  wipe(): void {
    this.bytes.fill(0);
  }
}

/** Moves the tags of a piece of a file to its front, in their order. @returns their bytes */
export function closeUp(bytes: Uint8Array): number {
  let end = 0;
  for (let at = 0; at < bytes.length; at += TAG) {
    if (isEmpty(bytes, at)) continue;
    bytes.copyWithin(end, at, at + TAG);
    end += TAG;
  }
  return end;
}

function isEmpty(bytes: Uint8Array, at: number): boolean {
  for (let i = at; i < at + TAG; i++) if (bytes[i] !== 0) return false;
  return true;
}
