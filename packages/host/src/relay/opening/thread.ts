/**
 * A thread that opens packets of one epoch. It alone holds key objects of that epoch, and ends
 * with it: what the runtime cannot wipe goes with the thread (docs/spec/04-mixing.md, 3).
 * It never returns to an event loop: it sleeps on the queue of its epoch.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { isAppError } from '@tacet/base';
import { type KemKeyPair, kemKeyPair, wipe } from '@tacet/crypto';
import { readSeed } from '../seed-file.ts';
import { createJob } from './job.ts';
import { DoneRing, END, JobQueue, Slots } from './memory.ts';
import type { FromThread, ThreadData } from './protocol.ts';

const { role, layer, seedFile, slots, jobs, done } = workerData as ThreadData;

function say(message: FromThread): void {
  parentPort?.postMessage(message);
}

function keyPair(): KemKeyPair | null {
  try {
    const seed = readSeed(seedFile);
    try {
      return kemKeyPair(seed);
    } finally {
      wipe(seed);
    }
  } catch (error) {
    if (!isAppError(error)) throw error;
    say({ kind: 'unusable', code: error.code });
    return null;
  }
}

const pair = keyPair();
if (pair !== null) {
  const queue = new JobQueue(jobs);
  const finished = new DoneRing(done);
  const open = createJob(new Slots(slots), { role, layer, secret: pair });
  say({ kind: 'ready' });
  try {
    for (let slot = queue.take(); slot !== END; slot = queue.take()) {
      open(slot);
      finished.push(slot);
    }
  } finally {
    pair.wipe();
  }
}
