/** Opens prepared packets in a tight loop, as often as it is asked; says what one cost this thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { kemKeyPair, systemRng } from '@tacet/crypto';
import {
  createPacketOpener,
  type DocumentHash,
  EpochReplayGuard,
  GEOMETRY as G,
} from '@tacet/onion';

export interface UnwrapData {
  readonly seed: Uint8Array;
  readonly index: number;
  readonly epoch: number;
  readonly documentHash: Uint8Array;
  readonly frames: SharedArrayBuffer;
}

export interface UnwrapTask {
  readonly from: number;
  /** Up to here packets only warm the loop. */
  readonly warm: number;
  readonly to: number;
}

const { seed, index, epoch: ours, documentHash, frames } = workerData as UnwrapData;
const secret = kemKeyPair(seed);
const view = {
  secret,
  index,
  documentHash: documentHash as DocumentHash,
  predecessor: null,
  delayCapMs: 1e9,
};
const opener = createPacketOpener({
  keys: { lookup: (epoch) => (epoch === ours ? view : null) },
  // Small, so that no page of it is touched for the first time while the clock runs.
  replay: new EpochReplayGuard({ capacity: 90_000, rng: systemRng, log: 'keep' }),
  rng: systemRng,
  role: 'mix',
  layer: 1,
});
const frame = (i: number): Uint8Array => Buffer.from(frames, i * G.frame, G.frame);

function open({ from, warm, to }: UnwrapTask): number {
  let start = process.threadCpuUsage();
  for (let i = from; i < to; i++) {
    if (i === warm) start = process.threadCpuUsage();
    if (opener.open(frame(i), 0).kind !== 'forward') throw new Error('a packet was dropped');
  }
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / (to - warm);
}

parentPort?.on('message', (task: UnwrapTask) => parentPort?.postMessage(open(task)));
