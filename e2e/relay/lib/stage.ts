/** What most tests of whole relays begin with. */
import { PacketClient } from './packet-client.ts';
import { ProcessNetwork } from './processes.ts';

export interface Stage {
  readonly network: ProcessNetwork;
  /** At the first edge, with a document. */
  readonly client: PacketClient;
}

/** Rates at which an epoch of seconds sees traffic; its length and grace are a test's own. */
export const QUICK = {
  keysAhead: 3,
  validEpochs: 3,
  slotMs: 100,
  inUseSlotMs: 50,
  digestMs: 500,
  delayMeanMs: 20,
};

/** A network of its own and one client. What was started of it ends when the rest fails. */
export async function startStage(
  options: Parameters<typeof ProcessNetwork.create>[0],
): Promise<Stage> {
  const network = await ProcessNetwork.create(options);
  try {
    await network.startAll();
    const client = await PacketClient.join(network.card, 0);
    await client.document();
    return { network, client };
  } catch (error) {
    await network.close();
    throw error;
  }
}
