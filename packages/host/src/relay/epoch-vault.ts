/**
 * The packet keys of one relay as its main thread knows them: public keys by epoch, and files.
 * Secrets are made, read and used in threads of their own (opening/), never here.
 * A secret exists from K epochs ahead until grace after its epoch, and nowhere afterwards.
 */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError, type Millis } from '@tacet/base';
import type { KemPublicKey } from '@tacet/crypto';
import { epochAt, epochStart } from '@tacet/directory';
import type { KeySchedule } from '@tacet/relay';
import { numberedFiles, numberedFolder, wipeFile } from './files.ts';
import { LIMITS } from './limits.ts';
import type { FromKeyThread, KeyThreadData } from './opening/protocol.ts';
import { SEED_SUFFIX, seedName } from './seed-file.ts';

export class EpochVault {
  private readonly folder: string;
  private readonly schedule: () => KeySchedule;
  private readonly keys = new Map<number, KemPublicKey>();
  private working: Promise<void> = Promise.resolve();

  /** @param schedule of the newest document, read anew each time */
  constructor(folder: string, schedule: () => KeySchedule) {
    this.folder = numberedFolder(folder);
    this.schedule = schedule;
  }

  /** Epochs with a seed on disk. */
  stored(): number[] {
    return numberedFiles(this.folder, SEED_SUFFIX);
  }

  seedFile(epoch: number): string {
    return join(this.folder, seedName(epoch));
  }

  has(epoch: number): boolean {
    return this.keys.has(epoch);
  }

  /**
   * Makes the missing secrets of the current epoch and the K after it, durable when it resolves,
   * and takes back those on disk. Never two at once. Rejects with `epoch-seed`, `key-readable`.
   */
  ensure(now: Millis): Promise<void> {
    const after = this.working.then(() => this.fill(now));
    this.working = after.catch(() => undefined);
    return after;
  }

  /** Epochs whose grace is over and of which something is left. */
  expired(now: Millis): number[] {
    return this.stored().filter((epoch) => this.isOver(epoch, now));
  }

  /** Forgets these epochs: their files are overwritten and removed. */
  wipe(epochs: readonly number[]): void {
    for (const epoch of epochs) {
      this.keys.delete(epoch);
      wipeFile(this.seedFile(epoch));
    }
  }

  /** Public keys from the current epoch on, for the descriptor. Never a gap. */
  publicKeys(now: Millis): { readonly firstEpoch: number; readonly keys: readonly KemPublicKey[] } {
    const firstEpoch = epochAt(this.schedule(), now);
    const keys: KemPublicKey[] = [];
    for (let epoch = firstEpoch; ; epoch++) {
      const key = this.keys.get(epoch);
      if (key === undefined) return { firstEpoch, keys };
      keys.push(key);
    }
  }

  /** Epochs whose packets are accepted now, or will be before their threads could be started. */
  current(now: Millis): number[] {
    const { epochMs, graceMs } = this.schedule();
    return [...this.keys.keys()].filter(
      (epoch) =>
        now >= epochStart({ epochMs }, epoch) - graceMs - lead(epochMs) && !this.isOver(epoch, now),
    );
  }

  /** When something of the above changes next. */
  nextChange(now: Millis): Millis {
    const { epochMs, graceMs } = this.schedule();
    const start = epochStart({ epochMs }, epochAt({ epochMs }, now));
    const moments = [start + graceMs, start + epochMs - graceMs - lead(epochMs), start + epochMs];
    return Math.min(...moments.filter((at) => at > now), start + epochMs + graceMs);
  }

  private async fill(now: Millis): Promise<void> {
    const { epochMs, keysAhead } = this.schedule();
    const first = epochAt({ epochMs }, now);
    const stored = this.stored().filter((epoch) => !this.isOver(epoch, now));
    const wanted = Array.from({ length: keysAhead + 1 }, (_, i) => first + i);
    const make = wanted.filter((epoch) => !stored.includes(epoch));
    const derive = stored.filter((epoch) => !this.keys.has(epoch));
    if (make.length + derive.length === 0) return;
    for (const { epoch, publicKey } of await inThread({ folder: this.folder, make, derive })) {
      this.keys.set(epoch, publicKey as KemPublicKey);
    }
  }

  private isOver(epoch: number, now: Millis): boolean {
    const { epochMs, graceMs } = this.schedule();
    return epochStart({ epochMs }, epoch + 1) + graceMs <= now;
  }
}

/** How long before an epoch's first packet its threads are started. */
function lead(epochMs: Millis): Millis {
  return Math.min(LIMITS.threadLeadMs, epochMs / 10);
}

async function inThread(data: KeyThreadData) {
  const worker = new Worker(new URL('./opening/key-thread.ts', import.meta.url), {
    workerData: data,
  });
  const answer = await new Promise<FromKeyThread>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  // Until it is gone, its memory is not.
  await worker.terminate();
  if (answer.kind === 'failed') {
    throw new AppError(answer.code, 'storage', 'a stored epoch secret is missing or damaged');
  }
  return answer.keys;
}
