/** The operations of a box store, each from its first command to its caller's answer. */
import { AppError } from '@tacet/base';
import type { PutResult } from '@tacet/relay';
import type { BoxRecord } from '@tacet/wire';
import type { Operation } from './lane.ts';
import { LIMITS } from './limits.ts';
import { encodeCommand, type Reply } from './resp.ts';
import { slotOf } from './slots.ts';
import { confirmCommand, dayAt, holds, putCommand, recordIn } from './values.ts';

export interface Caller<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

abstract class Keyed<T> implements Operation {
  readonly slot: number;
  readonly deadline = performance.now() + LIMITS.operationMs;
  asking = false;
  redirects = 0;
  inDoubt = false;
  command: Uint8Array;
  protected readonly caller: Caller<T>;

  constructor(key: string, command: Uint8Array, caller: Caller<T>) {
    this.slot = slotOf(key);
    this.command = command;
    this.caller = caller;
  }

  abstract next(reply: Reply): Uint8Array | null;

  fail(error: unknown): void {
    this.caller.reject(error);
  }

  protected done(value: T): null {
    this.caller.resolve(value);
    return null;
  }
}

/** Any one command, for its reply. */
export class Call extends Keyed<Reply> {
  next(reply: Reply): null {
    return this.done(reply);
  }
}

export class Put extends Keyed<PutResult> {
  private readonly key: string;
  private readonly record: Uint8Array;
  private readonly expiryDay: number | null;
  private readonly first: Uint8Array;
  private confirming = false;

  /** @param record not changed by anybody until this is settled. */
  constructor(
    key: string,
    record: Uint8Array,
    expiryDay: number | null,
    caller: Caller<PutResult>,
  ) {
    const first =
      expiryDay === null ? encodeCommand('GET', key) : putCommand(key, record, expiryDay);
    super(key, first, caller);
    this.key = key;
    this.record = record;
    this.expiryDay = expiryDay;
    this.first = first;
  }

  next(reply: Reply): Uint8Array | null {
    if (this.confirming) {
      this.confirming = false;
      if (typeof reply !== 'number') throw unexpected();
      // Its day came in between, and the mark is free again.
      if (reply <= 0) return this.first;
      // Of its own first try nobody has heard: a box that is not told to be new is never announced.
      return this.done({ outcome: this.inDoubt ? 'stored' : 'same', expiryDay: dayAt(reply) });
    }
    if (reply === null) {
      const { expiryDay } = this;
      return this.done(
        expiryDay === null ? { outcome: 'refused' } : { outcome: 'stored', expiryDay },
      );
    }
    if (!(reply instanceof Uint8Array)) throw unexpected();
    if (!holds(reply, this.record)) return this.done({ outcome: 'taken' });
    this.confirming = true;
    return confirmCommand(this.key);
  }
}

export class Get extends Keyed<BoxRecord | null> {
  next(reply: Reply): null {
    if (reply === null) return this.done(null);
    if (!(reply instanceof Uint8Array)) throw unexpected();
    return this.done(recordIn(reply) as BoxRecord | null);
  }
}

export function unexpected(): AppError {
  return new AppError('boxes-answer', 'bug', 'the box store answered something else');
}
