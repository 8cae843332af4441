/**
 * Where a mix sends a loop (docs/spec/04-mixing.md, 5): on from itself to a random edge and back
 * to itself, along paths drawn like everybody's. Drawing whole paths until one leads through the
 * mix gives its loops the next hops, and the delays, that packets of clients have there.
 */
import { type Millis, pick, type Rng } from '@tacet/base';
import type { Hop, Path } from '@tacet/onion';
import { MAX_LOOP_DRAWS } from './limits.ts';
import { relayIndex } from './lookup.ts';
import { drawPath } from './path.ts';
import { planOf } from './plan.ts';
import type { RelayHash, VerifiedDocument } from './types.ts';

export interface LoopRoute {
  /** How long the loop waits in the mix that makes it. */
  readonly firstDelayMs: Millis;
  /** Hops of layers k + 1 to 4. */
  readonly out: readonly Hop[];
  /** Hops of layers 1 to k, the last of them the mix itself, without delay. */
  readonly back: readonly Hop[];
  /** Every other relay on the way, each once. */
  readonly relays: readonly RelayHash[];
}

/** Null when `self` is no mix with a key for the epoch, or next to no path leads through it. */
export function drawLoop(
  rng: Rng,
  verified: VerifiedDocument,
  epoch: number,
  self: RelayHash,
): LoopRoute | null {
  const index = relayIndex(verified, self);
  const layer = index === null ? 0 : (verified.document.relays[index]?.layer ?? 0);
  if (index === null || layer === 0) return null;
  const plan = planOf(verified, epoch);
  const keyed = plan?.layers[layer - 1]?.some((mix) => mix.index === index) ?? false;
  if (plan === null || !keyed) return null;
  const through = (): Path | null => {
    for (let draw = 0; draw < MAX_LOOP_DRAWS; draw++) {
      const path = drawPath(rng, verified, epoch, { last: pick(rng, plan.edgeHashes) });
      if (path.hops[layer - 1]?.index === index) return path;
    }
    return null;
  };
  const out = through();
  const back = through();
  const [here, end] = [out?.hops[layer - 1], back?.hops[layer - 1]];
  if (out === null || back === null || here === undefined || end === undefined) return null;
  const outHops = out.hops.slice(layer);
  const backHops = [...back.hops.slice(0, layer - 1), { ...end, delayMs: 0 }];
  const others = new Set([...outHops, ...backHops].map((hop) => hop.index));
  others.delete(index);
  const relays = [...others].flatMap((other) => verified.relayHashes[other] ?? []);
  return { firstDelayMs: here.delayMs, out: outHops, back: backHops, relays };
}
