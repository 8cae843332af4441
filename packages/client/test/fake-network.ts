/** What features ask of a network, without documents: two edges, boxes placed by their first bit. */
import type { RelayHash } from '@tacet/directory';
import { seededRng } from '@tacet/testkit';
import type { Mark } from '@tacet/wire';
import type { Network } from '../src/network/network.ts';

export const A = new Uint8Array(32).fill(1) as RelayHash;
/** An edge of an older store generation. */
export const C = new Uint8Array(32).fill(3) as RelayHash;
export const B = new Uint8Array(32).fill(2) as RelayHash;

export function fakeNetwork(parameters: Record<string, number> = {}): Network {
  const rng = seededRng('fake network');
  const current = {
    epoch: 0,
    parameters: {
      epochMs: 3_600_000,
      graceMs: 300_000,
      slotMs: 2_000,
      inUseSlotMs: 1_000,
      delayMeanMs: 400,
      holdMeanMs: 90_000,
      secondCopyMinMs: 5_000,
      secondCopyMaxMs: 60_000,
      coverPutPermille: 20,
      loopPermille: 100,
      retryPauseMs: 600_000,
      ...parameters,
    },
  };
  const fake = {
    id: new Uint8Array(32),
    current: () => current,
    book: { newest: () => null },
    reaches: () => true,
    edges: () => [A, B],
    places: (_current: unknown, mark: Mark) => ((mark[0] ?? 0) < 128 ? [A, B] : [B, A]),
    homes: (_current: unknown, mark: Mark) => ((mark[0] ?? 0) < 128 ? [A, B, C] : [B, A, C]),
    marks: { draw: () => rng.fill(new Uint8Array(8)) as Mark },
    path: () => ({ hops: [] }),
    takeBroadcast: () => undefined,
  };
  return fake as unknown as Network;
}
