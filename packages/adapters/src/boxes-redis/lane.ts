/**
 * Operations on their way to one node, over one connection, a batch at a time: what comes while a
 * batch is out makes the next one, so the load itself sets its size. A lane of writes ends each
 * batch with `WAIT`, and nothing in it counts before a replica has it.
 */
import { AppError } from '@tacet/base';
import { type Address, Connection, type Door, unreachable } from './connection.ts';
import { LIMITS } from './limits.ts';
import { encodeCommand, type Reply, ServerError } from './resp.ts';

export interface Operation {
  readonly slot: number;
  /** By `performance.now()`. */
  readonly deadline: number;
  command: Uint8Array;
  /** The next node has the slot for this one command only. */
  asking: boolean;
  redirects: number;
  /** A node may have done it although nobody heard so. */
  inDoubt: boolean;
  /** Takes a reply that counts. Returns a further command, or null when all is settled. */
  next(reply: Reply): Uint8Array | null;
  fail(error: unknown): void;
}

export type Way = 'read' | 'write';

export interface LaneOptions {
  readonly way: Way;
  readonly address: Address;
  readonly door: Door;
  /** The node did not do it. */
  readonly onRefused: (operation: Operation, error: ServerError, by: Address) => void;
  /** Whether the node did it may not be known. Every operation may be sent twice. */
  readonly onLost: (operation: Operation, error: unknown) => void;
}

const ASKING = encodeCommand('ASKING');
const WAIT = encodeCommand('WAIT', 1, LIMITS.replicaMs);

export class Lane {
  private readonly options: LaneOptions;
  private queue: Operation[] = [];
  private connection: Connection | null = null;
  private busy = false;
  private ended = false;

  constructor(options: LaneOptions) {
    this.options = options;
  }

  add(operation: Operation): void {
    this.queue.push(operation);
    if (this.busy) return;
    this.busy = true;
    // What else is asked for in this turn goes with it.
    queueMicrotask(() => void this.run());
  }

  /** What waits here is handed back as lost. */
  end(): void {
    this.ended = true;
    this.connection?.end();
    for (const operation of this.queue.splice(0)) this.options.onLost(operation, unreachable());
  }

  private async run(): Promise<void> {
    while (this.queue.length > 0) {
      await this.carry(this.queue.splice(0, LIMITS.batchOperations));
    }
    this.busy = false;
  }

  private async carry(batch: readonly Operation[]): Promise<void> {
    let replies: readonly Reply[];
    let sent = false;
    try {
      const connection = await this.connect();
      sent = true;
      replies = await connection.send(this.commandsOf(batch));
    } catch (error) {
      for (const operation of batch) {
        operation.inDoubt ||= sent;
        this.options.onLost(operation, error);
      }
      return;
    }
    const held = this.options.way === 'read' ? 1 : replies.at(-1);
    let at = 0;
    for (const operation of batch) {
      if (operation.asking) at += 1;
      operation.asking = false;
      this.settle(operation, replies[at++] ?? null, held ?? null);
    }
  }

  private settle(operation: Operation, reply: Reply, held: Reply): void {
    const { address, onRefused, onLost } = this.options;
    if (reply instanceof ServerError) {
      onRefused(operation, reply, address);
      return;
    }
    if (held instanceof ServerError) {
      // The primary became a replica while it waited: what it took may not be what stays.
      operation.inDoubt = true;
      onLost(operation, unreachable());
      return;
    }
    if (typeof held !== 'number' || held < 1) {
      operation.fail(unreplicated());
      return;
    }
    try {
      const further = operation.next(reply);
      if (further === null) return;
      operation.command = further;
      this.queue.push(operation);
    } catch (error) {
      operation.fail(error);
    }
  }

  private commandsOf(batch: readonly Operation[]): Uint8Array[] {
    const commands: Uint8Array[] = [];
    for (const { asking, command } of batch) {
      if (asking) commands.push(ASKING);
      commands.push(command);
    }
    if (this.options.way === 'write') commands.push(WAIT);
    return commands;
  }

  private async connect(): Promise<Connection> {
    if (this.ended) throw unreachable();
    if (this.connection?.open) return this.connection;
    const connection = await Connection.open(this.options.address, this.options.door);
    this.connection = connection;
    if (this.ended) connection.end();
    return connection;
  }
}

export function unreplicated(): AppError {
  return new AppError(
    'boxes-unreplicated',
    'storage',
    'no replica of the box cluster has taken the box: look at the replicas',
  );
}
