/** Spec 06 section 8 once more: which documents a reader keeps, and which is in force. */
import type { ReferenceDocument } from './directory.ts';

export function referenceBook() {
  const held = new Map<number, ReferenceDocument>();
  const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

  function add(d: ReferenceDocument): string {
    const twin = held.get(d.epoch);
    if (twin) return same(twin.hash, d.hash) ? 'known' : 'equivocation';
    const epochs = [...held.keys()];
    const named = [...held.values()].some((other) => same(other.previous, d.hash));
    if (epochs.some((epoch) => epoch > d.epoch) && !named) return 'older';
    const below = held.get(Math.max(...epochs.filter((epoch) => epoch < d.epoch)));
    if (below) {
      const follows = same(d.previous, below.hash);
      const zero = d.previous.every((byte) => byte === 0);
      const skips = [...held.values()].some((other) => same(other.hash, d.previous));
      const gap = below.epoch < d.epoch - 1;
      if (!follows && (zero || !(gap || skips))) return 'equivocation';
      const stillValid = d.epoch < below.epoch + below.validEpochs;
      if (d.epochMs !== below.epochMs) return 'document-chain';
      if (d.publishedAt < below.publishedAt) return 'document-chain';
      if (follows && d.immediate && stillValid) return 'document-chain';
    }
    held.set(d.epoch, d);
    return 'added';
  }

  function inForce(epoch: number): ReferenceDocument | undefined {
    const fit = [...held.values()].filter((d) => {
      const lead = Math.min(300_000, Math.floor(d.epochMs / 12));
      const inTime = d.publishedAt <= epoch * d.epochMs - lead;
      return d.epoch <= epoch && epoch < d.epoch + d.validEpochs && (d.immediate || inTime);
    });
    return fit.toSorted((a, b) => b.epoch - a.epoch)[0];
  }

  return { add, inForce };
}
