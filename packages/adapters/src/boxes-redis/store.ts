/** The store itself: turns what an edge asks for into operations, and bounds how many wait. */
import { AppError } from '@tacet/base';
import type { BoxStore, PutResult, StoredBox } from '@tacet/relay';
import type { BoxId, BoxRecord, Mark } from '@tacet/wire';
import type { Cluster } from './cluster.ts';
import type { Connection } from './connection.ts';
import { Doubts } from './doubts.ts';
import { type Hold, inUse } from './hold.ts';
import type { Operation, Way } from './lane.ts';
import { ID_LENGTH, LIMITS, RECORD_LENGTH } from './limits.ts';
import { Call, type Caller, Get, Put, unexpected } from './operations.ts';
import { encodeCommand, type Reply } from './resp.ts';
import { sweep } from './sweep.ts';
import { doomCommand, keyOf } from './values.ts';

export class RedisBoxes implements BoxStore {
  private readonly cluster: Cluster;
  private readonly nameSpace: string;
  private readonly hold: Hold | null;
  private readonly doubts = new Doubts();
  private pending = 0;
  private closed: Promise<void> | null = null;
  private onIdle: (() => void) | null = null;

  /** @param hold null where several processes share the boxes of one edge: only in tests. */
  constructor(cluster: Cluster, nameSpace: string, hold: Hold | null) {
    this.cluster = cluster;
    this.nameSpace = nameSpace;
    this.hold = hold;
  }

  async put({ mark, record, expiryDay }: StoredBox): Promise<PutResult> {
    if (record.length !== RECORD_LENGTH || mark.length !== 8) throw wrongLength();
    const key = keyOf(this.nameSpace, mark);
    const own = record.slice();
    let result: PutResult;
    try {
      result = await this.run('write', (caller) => new Put(key, own, expiryDay, caller));
    } catch (error) {
      this.doubts.add(key, performance.now());
      throw error;
    }
    const wasInDoubt = this.doubts.take(key, performance.now());
    if (!wasInDoubt || result.outcome !== 'same') return result;
    return { outcome: 'stored', expiryDay: result.expiryDay };
  }

  async get(marks: readonly Mark[]): Promise<readonly (BoxRecord | null)[]> {
    const keys = marks.map((mark) => keyOf(this.nameSpace, mark));
    return Promise.all(
      keys.map((key) =>
        this.run<BoxRecord | null>(
          'read',
          (caller) => new Get(key, encodeCommand('GET', key), caller),
        ),
      ),
    );
  }

  async tombstone(mark: Mark, id: BoxId, effectDay: number): Promise<void> {
    if (id.length !== ID_LENGTH || mark.length !== 8) throw wrongLength();
    const key = keyOf(this.nameSpace, mark);
    const command = doomCommand(key, id, effectDay);
    await this.run<Reply>('write', (caller) => new Call(key, command, caller));
  }

  async expire(today: number): Promise<void> {
    await this.onEachNode((connection) => sweep(connection, this.nameSpace, today));
  }

  /** Of all edges of the cluster: the room is theirs together. */
  async count(): Promise<number> {
    let count = 0;
    await this.onEachNode(async (connection) => {
      const size = await connection.call('DBSIZE');
      if (typeof size !== 'number') throw unexpected();
      count += size;
    });
    return count;
  }

  /** Waits for what was asked before; refuses what comes after. */
  close(): Promise<void> {
    this.closed ??= this.end();
    return this.closed;
  }

  private async end(): Promise<void> {
    if (this.pending > 0) {
      await new Promise<void>((resolve) => {
        this.onIdle = resolve;
      });
    }
    try {
      await this.hold?.release();
    } finally {
      this.cluster.end();
    }
  }

  private async onEachNode(work: (connection: Connection) => Promise<void>): Promise<void> {
    this.begin(1);
    try {
      await this.cluster.refresh();
      await Promise.all(
        this.cluster.primaries.map(async (address) => {
          const connection = await this.cluster.connect(address);
          try {
            await work(connection);
          } finally {
            connection.end();
          }
        }),
      );
    } finally {
      this.finish();
    }
  }

  private async run<T>(way: Way, make: (caller: Caller<T>) => Operation): Promise<T> {
    this.begin(1);
    try {
      return await new Promise<T>((resolve, reject) => {
        this.cluster.submit(way, make({ resolve, reject }));
      });
    } finally {
      this.finish();
    }
  }

  private begin(operations: number): void {
    if (this.closed) throw new AppError('boxes-closed', 'state', 'the box store is closed');
    if (this.hold?.lost) throw inUse();
    if (this.pending + operations > LIMITS.waitingOperations) {
      throw new AppError('boxes-busy', 'storage', 'the box store cannot keep up');
    }
    this.pending += operations;
  }

  private finish(): void {
    this.pending -= 1;
    if (this.pending === 0) this.onIdle?.();
  }
}

function wrongLength(): AppError {
  return new AppError('boxes-shape', 'bug', 'a box of a wrong length');
}
