/** Opens prepared packets in a tight loop; says what one cost this thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { kemKeyPair, systemRng } from '@tacet/crypto';
import {
  createPacketOpener,
  type DocumentHash,
  EpochReplayGuard,
  GEOMETRY as G,
} from '@tacet/onion';

export interface UnwrapTask {
  readonly seed: Uint8Array;
  readonly index: number;
  readonly epoch: number;
  readonly documentHash: Uint8Array;
  readonly frames: SharedArrayBuffer;
  readonly from: number;
  readonly to: number;
}

const task = workerData as UnwrapTask;
const secret = kemKeyPair(task.seed);
const view = {
  secret,
  index: task.index,
  documentHash: task.documentHash as DocumentHash,
  predecessor: null,
  delayCapMs: 1e9,
};
const opener = createPacketOpener({
  keys: { lookup: (epoch) => (epoch === task.epoch ? view : null) },
  // Small, so that no page of it is touched for the first time while the clock runs.
  replay: new EpochReplayGuard({ capacity: 50_000, rng: systemRng, log: 'keep' }),
  rng: systemRng,
  role: 'mix',
  layer: 1,
});
const frame = (i: number): Uint8Array => Buffer.from(task.frames, i * G.frame, G.frame);
/** The first half only warms the loop. */
const warm = task.from + Math.floor((task.to - task.from) / 2);
let start = process.threadCpuUsage();
for (let i = task.from; i < task.to; i++) {
  if (i === warm) start = process.threadCpuUsage();
  if (opener.open(frame(i), 0).kind !== 'forward') throw new Error('a packet was dropped');
}
const { user, system } = process.threadCpuUsage(start);
parentPort?.postMessage((user + system) / (task.to - warm));
