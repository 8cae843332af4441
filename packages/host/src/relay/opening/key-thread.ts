/**
 * A thread that makes seeds and computes public keys, and ends: the key objects it needs for that
 * go with it, and the main thread never holds one. Seeds are on the disk before it answers.
 */
import { randomFillSync } from 'node:crypto';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { isAppError } from '@tacet/base';
import { kemKeyPair, wipe } from '@tacet/crypto';
import { writeDurably } from '../files.ts';
import { newSeed, readSeed, seedName } from '../seed-file.ts';
import type { FromKeyThread, KeyThreadData } from './protocol.ts';

const { folder, make, derive } = workerData as KeyThreadData;

function publicKey(epoch: number, seed: Uint8Array): { epoch: number; publicKey: Uint8Array } {
  try {
    const pair = kemKeyPair(seed);
    pair.wipe();
    return { epoch, publicKey: pair.publicKey };
  } finally {
    wipe(seed);
  }
}

function answer(): FromKeyThread {
  try {
    const made = make.map((epoch) => {
      const seed = randomFillSync(newSeed());
      writeDurably(join(folder, seedName(epoch)), seed);
      return publicKey(epoch, seed);
    });
    const derived = derive.map((epoch) =>
      publicKey(epoch, readSeed(join(folder, seedName(epoch)))),
    );
    return { kind: 'keys', keys: [...made, ...derived] };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { kind: 'failed', code: error.code };
  }
}

parentPort?.postMessage(answer());
