/** A document as it would be in another epoch: well formed, whatever is wrong with it otherwise. */
import type { Document } from '@tacet/directory';

export function moved(document: Document, epoch: number): Document {
  return {
    ...document,
    epoch,
    relays: document.relays.map((relay) => ({ ...relay, firstEpoch: epoch })),
    generations: document.generations.map((one) => ({ ...one, firstDay: 1 })),
  };
}
