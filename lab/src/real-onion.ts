/**
 * The production onion under a simulated world: slow, for comparison with the model. Its
 * randomness comes from the system, so that a run draws the same delays and choices either way.
 */
import { systemRng } from '@tacet/crypto';
import {
  createLoopBuilder,
  createPacketBuilder,
  createPacketOpener,
  EpochReplayGuard,
} from '@tacet/onion';
import { epochKeys, type TestNetwork } from '@tacet/testkit';
import type { Onion } from './onion.ts';

export function realOnion(network: TestNetwork): Onion {
  const { parameters } = network;
  return {
    builder: createPacketBuilder(systemRng),
    loops: createLoopBuilder(systemRng),
    opener(relay, book) {
      return createPacketOpener({
        keys: epochKeys(relay, { book, schedule: parameters }),
        replay: new EpochReplayGuard({ capacity: 100_000, rng: systemRng, log: 'none' }),
        rng: systemRng,
        role: relay.role,
        layer: relay.role === 'edge' ? 4 : relay.layer,
      });
    },
  };
}
