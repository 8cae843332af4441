/**
 * What an edge does with requests (docs/spec/05-boxes.md, 4 to 8): checks them, asks the store,
 * answers. Every request that could be read gets exactly one answer, and all answers take one
 * path. What is asked for leaves no trace here once it is answered.
 */
import { type Counters, dayOf, equalBytes, isAppError, MINUTE, type Millis } from '@tacet/base';
import { epochStart, placement, type RelayHash, type VerifiedDocument } from '@tacet/directory';
import { epochOfBlock, type Opened } from '@tacet/onion';
import {
  BOX_ID,
  type BoxAnswer,
  type BoxId,
  type BoxRecord,
  type BoxRequest,
  decodeRequest,
  type Mark,
  markOf,
} from '@tacet/wire';
import type { Documents } from '../documents.ts';
import {
  type EdgeLimits,
  MAX_WAIT_MS,
  STAND_SHARE,
  TURNAROUND_MS,
  WAIT_MARGIN_MS,
} from '../limits.ts';
import type { PutResult, StoreCommand, StoreResult } from '../ports.ts';
import type { EdgeCounter } from './counters.ts';
import { RecentFills } from './recent-fills.ts';
import type { RecordChecks } from './record-checks.ts';
import { type StandingRead, StandingReads } from './standing-reads.ts';
import { StoreRoom } from './store-room.ts';
import type { Outgoing, Ticket } from './ticket.ts';

export type OpenedRequest = Extract<Opened, { kind: 'request' }>;

export interface BoxDeskOptions {
  readonly book: Documents;
  readonly self: RelayHash;
  readonly limits: EdgeLimits;
  readonly outgoing: Outgoing;
  readonly counters: Counters<EdgeCounter>;
  readonly checks: RecordChecks;
  /** Everything here goes by steady time; days and epochs go by this, the wall clock. */
  readonly wall: (steady: Millis) => Millis;
  /** Hands a command to the store; the result comes to `onStore` with the same token. */
  readonly ask: (token: number, command: StoreCommand) => void;
  /** A box was filled for the first time. */
  readonly onFilled: (mark: Mark) => void;
}

type Pending =
  | { readonly kind: 'put'; readonly ticket: Ticket; readonly mark: Mark }
  /** Refused whatever the store says: it is asked so that this answer takes as long as others. */
  | { readonly kind: 'refusal'; readonly ticket: Ticket }
  | { readonly kind: 'get'; readonly ticket: Ticket }
  | { readonly kind: 'tombstone'; readonly ticket: Ticket; readonly effectDay: number }
  /** A standing read whose wait ended at `since`; `evicted` ones get nothing. */
  | {
      readonly kind: 'stand';
      readonly read: StandingRead;
      readonly since: Millis;
      readonly evicted: boolean;
    }
  | { readonly kind: 'expire' }
  | { readonly kind: 'count' };

const REFUSED: BoxAnswer = { status: 'refused' };
const TAKEN: BoxAnswer = { status: 'taken' };
const EMPTY = [null, null, null] as const;
/** After a drop that failed. */
const DROP_AGAIN_MS: Millis = MINUTE;

export class BoxDesk {
  private readonly options: BoxDeskOptions;
  private readonly counters: Counters<EdgeCounter>;
  private readonly pending = new Map<number, Pending>();
  private readonly standing = new StandingReads();
  private readonly recent: RecentFills;
  private readonly room: StoreRoom;
  private nextToken = 1;
  /** The store was last told to drop what is due on this day. */
  private droppedOn = -1;
  private dropAgainAt = 0;

  constructor(options: BoxDeskOptions) {
    this.options = options;
    this.counters = options.counters;
    this.recent = new RecentFills(options.limits.marksPending);
    this.room = new StoreRoom(options.limits.boxes);
  }

  get standingReads(): number {
    return this.standing.size;
  }

  nextAt(): Millis | undefined {
    const at = Math.min(this.standing.nextAt() ?? Infinity, this.recent.nextAt() ?? Infinity);
    return at === Infinity ? undefined : at;
  }

  onRequest(opened: OpenedRequest, current: VerifiedDocument, now: Millis): void {
    const request = read(opened.data);
    if (request === null) {
      this.counters.add('request-malformed');
      return;
    }
    const { block, epoch, delayMs } = opened;
    if (block === null) {
      this.counters.add('request-unanswerable');
      return;
    }
    const ticket: Ticket = { block, epoch, delayMs, arrivedAt: now };
    switch (request.kind) {
      case 'put':
        this.put(ticket, request.record, current, now);
        return;
      case 'get':
        this.get(ticket, request.marks, request.waitMs, current, now);
        return;
      case 'tombstone': {
        this.counters.add('tombstone');
        const { id, signature } = request;
        const mark = markOf(id);
        if (!this.options.checks.verifyTombstone(id, signature, current.document.networkId)) {
          this.counters.add('tombstone-invalid');
          this.refuseLater(ticket, mark, now);
          return;
        }
        const effectDay = this.today(now) + 1;
        const command = { kind: 'tombstone', mark, id, effectDay } as const;
        this.ask({ kind: 'tombstone', ticket, effectDay }, now, command);
      }
    }
  }

  onStore(token: number, result: StoreResult, now: Millis): void {
    const pending = this.pending.get(token);
    if (pending === undefined) {
      this.counters.add('store-unknown');
      return;
    }
    this.pending.delete(token);
    if (result.kind === 'failed') {
      this.counters.add('store-failed');
      this.refuse(pending, now);
      return;
    }
    switch (pending.kind) {
      case 'put':
        if (result.kind === 'put') this.onPut(pending, result.result, now);
        return;
      case 'refusal':
        this.answer(pending.ticket, REFUSED, now);
        return;
      case 'get':
        if (result.kind === 'get') this.answer(pending.ticket, result.records, now);
        return;
      case 'tombstone':
        this.answer(pending.ticket, { status: 'stored', expiryDay: pending.effectDay }, now);
        return;
      case 'stand':
        if (result.kind === 'get') {
          const records = pending.evicted ? EMPTY : result.records;
          this.replyToStand(pending, records, now);
        }
        return;
      case 'count':
        if (result.kind === 'count') this.room.counted(result.count);
        return;
      case 'expire':
        // The room that became free counts at once.
        this.askCount();
        return;
    }
  }

  /** Ends waits whose time is over and, on a new day, has the store drop what is due. */
  advance(now: Millis): void {
    for (;;) {
      const read = this.standing.takeEnded(now);
      if (read === undefined) break;
      this.counters.add('stand-expired');
      this.endWait(read, now);
    }
    this.recent.turn(now);
    if (this.room.isDue(now)) this.askCount();
    const today = this.today(now);
    if (today <= this.droppedOn || now < this.dropAgainAt) return;
    this.droppedOn = today;
    this.askUnbidden({ kind: 'expire' }, { kind: 'expire', today });
  }

  private today(now: Millis): number {
    return dayOf(this.options.wall(now));
  }

  private put(ticket: Ticket, record: BoxRecord, current: VerifiedDocument, now: Millis): void {
    this.counters.add('put');
    const valid = this.options.checks.verifyRecord(record, current.document.networkId);
    if (valid === null) {
      this.counters.add('put-invalid');
      this.refuseLater(ticket, markOf(record.subarray(0, BOX_ID) as BoxId), now);
      return;
    }
    const { id, mark } = valid;
    if (!this.isPlacedHere(mark, ticket.epoch, current)) {
      this.counters.add('put-misplaced');
      this.refuseLater(ticket, mark, now);
      return;
    }
    const life = this.room.lifeDays(current.document.parameters.boxLifeDays);
    const expiryDay = life === null ? null : this.today(now) + life;
    this.ask({ kind: 'put', ticket, mark }, now, {
      kind: 'put',
      box: { mark, id, record, expiryDay },
    });
  }

  /** All answers take the way through the store, and so its time, also those that need nothing. */
  private refuseLater(ticket: Ticket, mark: Mark, now: Millis): void {
    this.ask({ kind: 'refusal', ticket }, now, { kind: 'get', marks: [mark] });
  }

  /** By the writer's document or by the one of now: a new store generation changes neither. */
  private isPlacedHere(mark: Mark, epoch: number, current: VerifiedDocument): boolean {
    const { book, self } = this.options;
    const writers = book.inForce(epoch) ?? current;
    const here = (verified: VerifiedDocument): boolean =>
      placement(verified, mark).some((edge) => equalBytes(edge, self));
    return here(writers) || (writers !== current && here(current));
  }

  private onPut(
    { ticket, mark }: Extract<Pending, { kind: 'put' }>,
    result: PutResult,
    now: Millis,
  ): void {
    switch (result.outcome) {
      case 'taken':
        this.answer(ticket, TAKEN, now);
        return;
      case 'refused':
        this.counters.add('put-no-room');
        this.answer(ticket, REFUSED, now);
        return;
      case 'same':
        this.answer(ticket, { status: 'stored', expiryDay: result.expiryDay }, now);
        return;
      case 'stored':
        this.answer(ticket, { status: 'stored', expiryDay: result.expiryDay }, now);
        this.onStored(mark, now);
    }
  }

  private onStored(mark: Mark, now: Millis): void {
    this.room.stored();
    this.options.onFilled(mark);
    this.recent.add(mark, now);
    for (const read of this.standing.release(mark)) {
      this.counters.add('stand-released');
      this.endWait(read, now);
    }
  }

  private get(
    ticket: Ticket,
    marks: readonly [Mark, Mark, Mark],
    waitMs: Millis,
    current: VerifiedDocument,
    now: Millis,
  ): void {
    this.counters.add('get');
    const until = now + Math.min(waitMs, this.longestWait(ticket, current, now));
    if (until <= now || (waitMs > 0 && marks.some((mark) => this.recent.has(mark, now)))) {
      this.ask({ kind: 'get', ticket }, now, { kind: 'get', marks });
      return;
    }
    this.counters.add('stand');
    this.standing.add({ marks, ticket, until });
    if (this.standing.size > this.options.limits.standingReads) this.evictOldest(now);
  }

  /** Whatever ended it, a wait ends with a look into the store. */
  private endWait(read: StandingRead, now: Millis, evicted = false): void {
    const pending = { kind: 'stand', read, since: now, evicted } as const;
    this.ask(pending, now, { kind: 'get', marks: read.marks });
  }

  /** A wait ends before the keys of its reply block do, with room for the way back. */
  private longestWait(ticket: Ticket, current: VerifiedDocument, now: Millis): Millis {
    const { parameters } = current.document;
    const keysEnd = epochStart(parameters, epochOfBlock(ticket.block) + 1) + parameters.graceMs;
    const margin = Math.min(WAIT_MARGIN_MS, parameters.graceMs / 10);
    const left = keysEnd - this.options.wall(now) - ticket.delayMs;
    return Math.min(MAX_WAIT_MS, left - TURNAROUND_MS - margin);
  }

  private evictOldest(now: Millis): void {
    const oldest = this.standing.takeOldest();
    if (oldest === undefined) return;
    this.counters.add('stand-evicted');
    this.endWait(oldest, now, true);
  }

  private ask(pending: Pending, now: Millis, command: StoreCommand): void {
    const share = pending.kind === 'stand' ? STAND_SHARE : 1;
    if (this.pending.size >= share * this.options.limits.storePending) {
      this.counters.add('store-full');
      this.refuse(pending, now);
      return;
    }
    this.askUnbidden(pending, command);
  }

  private askCount(): void {
    this.askUnbidden({ kind: 'count' }, { kind: 'count' });
  }

  /** Also what nobody asked for, of which there is little at a time. */
  private askUnbidden(pending: Pending, command: StoreCommand): void {
    const token = this.nextToken++;
    this.pending.set(token, pending);
    this.options.ask(token, command);
  }

  private refuse(pending: Pending, now: Millis): void {
    switch (pending.kind) {
      case 'stand':
        this.replyToStand(pending, EMPTY, now);
        return;
      case 'expire':
        this.droppedOn = -1;
        this.dropAgainAt = now + DROP_AGAIN_MS;
        return;
      case 'count':
        return;
      default:
        this.answer(pending.ticket, REFUSED, now);
        return;
    }
  }

  private answer(
    ticket: Ticket,
    answer: BoxAnswer | readonly (BoxRecord | null)[],
    now: Millis,
  ): void {
    this.reply(ticket, answer, ticket.arrivedAt, now, 1);
  }

  /** Any number of waits may end at one moment: others find room for their answers even then. */
  private replyToStand(
    { read, since }: Extract<Pending, { kind: 'stand' }>,
    records: readonly (BoxRecord | null)[],
    now: Millis,
  ): void {
    this.reply(read.ticket, records, since, now, STAND_SHARE);
  }

  private reply(
    ticket: Ticket,
    answer: BoxAnswer | readonly (BoxRecord | null)[],
    since: Millis,
    now: Millis,
    share: number,
  ): void {
    const { outgoing, limits } = this.options;
    if (outgoing.size >= share * limits.answers) {
      this.counters.add('answers-full');
      return;
    }
    outgoing.push(ticket, answer, since, now);
  }
}

function read(data: Uint8Array): BoxRequest | null {
  try {
    return decodeRequest(data);
  } catch (error) {
    if (isAppError(error, 'malformed')) return null;
    throw error;
  }
}
