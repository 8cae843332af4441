import { parentPort, workerData } from 'node:worker_threads';
import { randomExponential } from '@tacet/base';
import { streamRng, systemRng } from '@tacet/crypto';
import { createPacketBuilder, GEOMETRY as G, type Path } from '@tacet/onion';
import type { BuildTask } from './packets.ts';

const { paths, delayMeanMs, brief, frames, from, to } = workerData as BuildTask;
const rng = streamRng(systemRng, G.requestData);
const builder = createPacketBuilder(systemRng);
const out = new Uint8Array(frames);
for (let i = from; i < to; i++) {
  const path = paths[i % paths.length] as Path;
  const [first, ...rest] = path.hops;
  const mean = i < brief.count ? brief.delayMeanMs : delayMeanMs;
  const delayMs = Math.round(randomExponential(rng, mean));
  const drawn = { ...path, hops: [{ ...first, delayMs }, ...rest] } as unknown as Path;
  const data = rng.fill(new Uint8Array(G.requestData));
  const frame = builder.request(drawn, data, null);
  frame[1] = 1;
  out.set(frame, i * G.frame);
}
parentPort?.postMessage(true);
