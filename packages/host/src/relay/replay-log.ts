/**
 * Replay tags on disk, one append-only file an epoch (docs/spec/04-mixing.md, 3). Tags of packets
 * are with the system before any effect leaves, so a killed relay accepts none of them again;
 * they are on the disk itself within a second.
 */
import { closeSync, fdatasync, ftruncateSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { wipe } from '@tacet/crypto';
import type { EpochReplayGuard } from '@tacet/onion';
import { numberedFiles, numberedFolder, writeAll } from './files.ts';
import { LIMITS } from './limits.ts';
import { wipeLargeFile } from './wipe-large.ts';

const SUFFIX = '.log';
const TAG = 8;

interface OpenLog {
  readonly file: number;
  dirty: boolean;
  syncing: boolean;
  closed: boolean;
}

export class ReplayLog {
  private readonly folder: string;
  private readonly guard: EpochReplayGuard;
  private readonly logs = new Map<number, OpenLog>();
  private readonly timer: NodeJS.Timeout;

  /** Epochs of logs that were there and not wanted any more; the next `erase` takes them along. */
  private leftOver: number[] = [];

  /** Reads the logs of the epochs `kept` into the guard. */
  constructor(folder: string, guard: EpochReplayGuard, kept: readonly number[]) {
    this.folder = numberedFolder(folder);
    this.guard = guard;
    for (const epoch of numberedFiles(this.folder, SUFFIX)) {
      if (kept.includes(epoch)) this.load(epoch);
      else this.leftOver.push(epoch);
    }
    this.timer = setInterval(() => this.sync(), LIMITS.replaySyncMs).unref();
  }

  /** Appends the tags of all packets accepted since the last call. */
  flush(): void {
    for (const { epoch, tags } of this.guard.takeLog()) {
      const log = this.log(epoch);
      writeAll(log.file, tags);
      wipe(tags);
      log.dirty = true;
    }
  }

  /**
   * Forgets the tags of these epochs at once. Resolves when their logs, and those left over from
   * before the start, are overwritten and gone; rejects when one cannot be removed.
   */
  async erase(epochs: readonly number[]): Promise<void> {
    for (const epoch of epochs) {
      this.guard.erase(epoch);
      const log = this.logs.get(epoch);
      this.logs.delete(epoch);
      if (log !== undefined) this.close(log);
    }
    const gone = [...epochs, ...this.leftOver];
    this.leftOver = [];
    await Promise.all(gone.map((epoch) => wipeLargeFile(this.path(epoch))));
  }

  stop(): void {
    clearInterval(this.timer);
    this.flush();
    for (const log of this.logs.values()) this.close(log);
    this.logs.clear();
  }

  private load(epoch: number): void {
    const { file } = this.log(epoch);
    const buffer = new Uint8Array(LIMITS.replayRead);
    let at = 0;
    for (;;) {
      const read = readSync(file, buffer, 0, buffer.length, at);
      // A torn last tag belongs to a packet that had not left yet.
      const whole = read - (read % TAG);
      if (whole > 0) this.guard.load(epoch, buffer.subarray(0, whole));
      at += whole;
      if (read < buffer.length) break;
    }
    wipe(buffer);
    ftruncateSync(file, at);
  }

  private log(epoch: number): OpenLog {
    let log = this.logs.get(epoch);
    if (log === undefined) {
      const file = openSync(this.path(epoch), 'a+', 0o600);
      log = { file, dirty: false, syncing: false, closed: false };
      this.logs.set(epoch, log);
    }
    return log;
  }

  private sync(): void {
    for (const log of this.logs.values()) {
      if (!log.dirty || log.syncing) continue;
      log.dirty = false;
      log.syncing = true;
      fdatasync(log.file, () => {
        log.syncing = false;
        if (log.closed) closeSync(log.file);
      });
    }
  }

  private close(log: OpenLog): void {
    log.closed = true;
    if (!log.syncing) closeSync(log.file);
  }

  private path(epoch: number): string {
    return join(this.folder, `${epoch}${SUFFIX}`);
  }
}
