/** A network of few frames, for tests over hours of simulated time. */
import type { TestNetworkOptions } from '@tacet/testkit';
import { modelledOnion } from '../src/onion.ts';
import { LabStage } from '../src/scenarios/lab-stage.ts';

export const SLOW = {
  parameters: {
    slotMs: 5_000,
    inUseSlotMs: 2_500,
    delayMeanMs: 1_000,
    digestMs: 5_000,
    secondCopyMinMs: 5_000,
    secondCopyMaxMs: 60_000,
  },
} as const satisfies TestNetworkOptions;

/** @param patience for networks whose first document alone takes many minutes */
export function slowStage(
  seed: string,
  network: TestNetworkOptions = SLOW,
  patience?: number,
): LabStage {
  const options = patience === undefined ? {} : { patience };
  return new LabStage(seed, modelledOnion, { network, ...options });
}
