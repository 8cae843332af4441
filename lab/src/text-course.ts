/**
 * What became of a text between being written and being there: which slot carried its box, when the
 * box was stored, which read brought it, and how that read stood to it. Seen from outside the
 * machines: requests as they were built, and packets as relays open them. Of the modelled onion only,
 * whose packets can be known again.
 */
import { hex, MINUTE, type Millis } from '@tacet/base';
import type { RequestFacts } from '@tacet/client';
import { type BoxId, type Mark, markOf } from '@tacet/wire';
import { courseOf } from './model-onion.ts';
import type { Onion } from './onion.ts';
import type { Person } from './person.ts';

/** A box is named so often and no more (docs/spec/04-mixing.md, 7). */
const EMPTY_HOLDS = 3;

/** One request, from its slot to the answer at the own edge; null: not yet, or never. */
export interface Way {
  readonly what: RequestFacts['plan']['what'];
  readonly slot: Millis;
  readonly waitMs: Millis;
  arrived: Millis | null;
  /** The answer came to the asker's own edge. */
  answered: Millis | null;
}

/** How a read stood to the box it brought. */
export type Met =
  /** It waited at the edge when the box was stored. */
  | 'waited'
  /** A standing read that was on its way, or left after it, and came within the edge's memory. */
  | 'under-way'
  /** A standing read found it at its end. */
  | 'at-end'
  /** A digest named the box. */
  | 'announced';

/** Why no read waited. */
export type Missed =
  /** One had ended, and the next was not there yet. */
  | 'between'
  /** The box had been named as often as it may be. */
  | 'in-vain'
  /** All reads waited for others. */
  | 'not-named';

/** Milliseconds, in order: their sum is what the text took. */
export interface Course {
  readonly met: Met;
  /** From writing to the slot of the PUT. */
  readonly slot: Millis;
  /** From there until the box was stored: entry and three mixes. */
  readonly up: Millis;
  /** Until a read for it was at the edge; 0 where one waited. */
  readonly unread: Millis;
  /** Until the answer was at the reader's edge: the box's edge and three mixes. */
  readonly back: Millis;
  /** Until the text was saved: the clock down, and decrypting. */
  readonly down: Millis;
  readonly missed: Missed | null;
}

export class Courses {
  private readonly byPath = new WeakMap<object, Way>();
  private readonly byReply = new Map<string, Way>();
  /** First copies by who wrote them and their slot in whole milliseconds. */
  private readonly puts = new Map<string, { readonly mark: string; readonly way: Way }>();
  /** Reads by who asked and the mark they were made for. */
  private readonly reads = new Map<string, Way[]>();

  /** An onion whose relays are listened to. */
  listen(onion: Onion): Onion {
    return {
      ...onion,
      opener: (relay, book) => {
        const inner = onion.opener(relay, book);
        return {
          enter: (frame, now) => inner.enter(frame, now),
          reply: (block, data, now) => inner.reply(block, data, now),
          open: (frame, now) => {
            const path = courseOf(frame);
            const opened = inner.open(frame, now);
            if (opened.kind === 'reply') {
              const way = this.byReply.get(hex(opened.replyId));
              if (way !== undefined) way.answered ??= now;
            } else if (opened.kind === 'request' && path !== undefined) {
              const way = this.byPath.get(path);
              if (way !== undefined) way.arrived ??= now;
            }
            return opened;
          },
        };
      },
    };
  }

  readonly onRequest = (name: string, { plan, slot, frame, replyId }: RequestFacts): void => {
    const { request, what, real } = plan;
    const path = courseOf(frame);
    if (path === undefined || request.kind === 'tombstone') return;
    const waitMs = request.kind === 'get' ? request.waitMs : 0;
    const way: Way = { what, slot, waitMs, arrived: null, answered: null };
    if (request.kind === 'put') {
      const mark = hex(markOf(request.record.slice(0, 32) as BoxId));
      this.puts.set(`${name} ${Math.floor(slot)}`, { mark, way });
    } else {
      if (real === undefined) return;
      const key = `${name} ${hex(request.marks[real] as Mark)}`;
      this.reads.set(key, [...(this.reads.get(key) ?? []), way]);
    }
    this.byPath.set(path, way);
    this.byReply.set(hex(replyId), way);
  };

  /** Null for a text of several parts, or whose box was tried more than once. */
  of(from: Person, id: string, to: Person, arrivedAt: Millis): Course | null {
    const { evidence } = from.client.message(id);
    const sent = evidence.filter((one) => one.what === 'part-sent');
    const saved = evidence.find((one) => one.what === 'saved');
    const [first] = sent;
    if (saved === undefined || first === undefined || sent.length > 1) return null;
    const put = this.puts.get(`${from.name} ${Math.floor(first.at)}`);
    if (put === undefined || put.way.arrived === null) return null;
    // A millisecond of the store.
    const storedAt = put.way.arrived + 1;
    const reads = this.reads.get(`${to.name} ${put.mark}`) ?? [];
    let read: Way | null = null;
    for (const one of reads) {
      if (one.answered === null || one.answered > arrivedAt) continue;
      if (read === null || one.answered > (read.answered ?? 0)) read = one;
    }
    if (read === null || read.arrived === null || read.answered === null) return null;
    const came = Math.max(read.arrived, storedAt);
    return {
      met: metBy(read, storedAt),
      slot: put.way.slot - saved.at,
      up: storedAt - put.way.slot,
      unread: came - storedAt,
      back: read.answered - came,
      down: arrivedAt - read.answered,
      missed: this.missedBy(read, reads, storedAt),
    };
  }

  private missedBy(read: Way, reads: readonly Way[], storedAt: Millis): Missed | null {
    if (metBy(read, storedAt) === 'waited') return null;
    const before = reads.filter(({ what, slot }) => what === 'standing' && slot < storedAt);
    const lately = before.filter(({ slot }) => slot > storedAt - 5 * MINUTE);
    if (lately.length >= EMPTY_HOLDS) return 'in-vain';
    return lately.length > 0 ? 'between' : 'not-named';
  }
}

function metBy(read: Way, storedAt: Millis): Met {
  if (read.what !== 'standing') return 'announced';
  const arrived = read.arrived ?? Infinity;
  if (arrived < storedAt) return 'waited';
  // What was filled a while ago does not end a wait (docs/spec/05-boxes.md, 8).
  return (read.answered ?? 0) - arrived > 20_000 ? 'at-end' : 'under-way';
}
