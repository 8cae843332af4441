/**
 * Replay tags on disk, one file an epoch (docs/spec/04-mixing.md, 3), a row of blocks of which the
 * last is filled (`tag-block.ts`). Tags of packets are with the system before any effect leaves, so a
 * killed relay accepts none of them again; they are on the disk itself within a second.
 */
import { closeSync, constants, fdatasync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { wipe } from '@tacet/crypto';
import type { EpochReplayGuard } from '@tacet/onion';
import { numberedFiles, numberedFolder, writeAll } from './files.ts';
import { LIMITS } from './limits.ts';
import { BLOCK_BYTES, closeUp, TagBlock } from './tag-block.ts';
import { wipeLargeFile } from './wipe-large.ts';

const SUFFIX = '.log';
const TAG = 8;

interface OpenLog {
  readonly file: number;
  readonly block: TagBlock;
  /** Where it stands in the file. */
  at: number;
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

  /** Adds the tags of all packets accepted since the last call. */
  flush(): void {
    for (const { epoch, tags } of this.guard.takeLog()) {
      const log = this.log(epoch);
      for (let at = 0; at < tags.length; at += TAG) {
        if (log.block.isFull) {
          writeAll(log.file, log.block.bytes, log.at);
          log.at += BLOCK_BYTES;
          log.block.begin();
        }
        log.block.add(tags.subarray(at, at + TAG));
      }
      writeAll(log.file, log.block.bytes, log.at);
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
    const log = this.log(epoch);
    // Whole blocks but for the last.
    const buffer = new Uint8Array(LIMITS.replayRead);
    for (let at = 0; ; ) {
      const read = readSync(log.file, buffer, 0, buffer.length, at);
      // A torn last tag belongs to a packet that had not left yet.
      const tags = buffer.subarray(0, read - (read % TAG));
      if (tags.length > 0) {
        const last = Math.floor((tags.length - 1) / BLOCK_BYTES) * BLOCK_BYTES;
        log.at = at + last;
        log.block.begin(tags.subarray(last));
        this.guard.load(epoch, tags.subarray(0, closeUp(tags)));
      }
      at += read;
      if (read < buffer.length) break;
    }
    wipe(buffer);
  }

  private log(epoch: number): OpenLog {
    let log = this.logs.get(epoch);
    if (log === undefined) {
      const file = openSync(this.path(epoch), constants.O_RDWR | constants.O_CREAT, 0o600);
      const block = new TagBlock();
      log = { file, block, at: 0, dirty: false, syncing: false, closed: false };
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
    log.block.wipe();
    if (!log.syncing) closeSync(log.file);
  }

  private path(epoch: number): string {
    return join(this.folder, `${epoch}${SUFFIX}`);
  }
}
