/** A network that the one under attack knows nothing of: strangers who sign as authorities do. */
import { makeTestNetwork, type TestNetwork } from '@tacet/testkit';

export function otherNetwork(): TestNetwork {
  return makeTestNetwork({
    seed: 'fuzz other',
    authorities: 3,
    parameters: { keysAhead: 1, validEpochs: 2 },
  });
}
