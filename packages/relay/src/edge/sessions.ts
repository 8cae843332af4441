/**
 * Client connections of an edge (docs/spec/03-links.md, 3 and 5): a handle for each, its queue
 * of replies, and the ten minutes in which a lost connection may be taken up again. Holds no
 * address; a handle says nothing about who is behind it.
 */
import { DeadlineHeap, type Millis, type Rng, randomBytes } from '@tacet/base';
import type { ReplyId } from '@tacet/onion';
import { type DownFrame, HANDLE, markKey } from '@tacet/wire';
import { type EdgeLimits, RESUME_MS } from '../limits.ts';
import type { LinkHandle } from '../ports.ts';
import type { BoardCursor } from './broadcast-board.ts';
import { SlotGate } from './slot-gate.ts';

const NEVER = -1;

export type Reply = NonNullable<DownFrame['reply']>;

export interface Session {
  readonly handle: Uint8Array;
  readonly key: bigint;
  readonly replies: Reply[];
  link: Link | null;
  lostAt: Millis;
}

/** One open connection. `open` turns false when it closes; timers of it then do nothing. */
export interface Link {
  readonly id: LinkHandle;
  readonly session: Session;
  readonly gate: SlotGate;
  readonly cursor: BoardCursor;
  slotMs: Millis;
  /** The period of which frames down have two: `slotMs`, or that of Transfer a little longer. */
  downSlotMs: Millis;
  /** When the clock down follows `slotMs` again. */
  downUntil: Millis;
  nextDownAt: Millis;
  /** A frame of it came early. */
  early: boolean;
  open: boolean;
}

export interface OpenedLink {
  readonly link: Link;
  readonly resumed: boolean;
  /** The connection that had this handle until now. */
  readonly replaced: Link | null;
}

export class Sessions {
  private readonly byHandle = new Map<bigint, Session>();
  private readonly byLink = new Map<LinkHandle, Link>();
  private readonly lost = new DeadlineHeap<{ session: Session; lostAt: Millis }>();
  private readonly limits: EdgeLimits;
  private readonly rng: Rng;
  private queued = 0;
  private lostCount = 0;

  constructor(limits: EdgeLimits, rng: Rng) {
    this.limits = limits;
    this.rng = rng;
  }

  get links(): number {
    return this.byLink.size;
  }

  get queuedReplies(): number {
    return this.queued;
  }

  link(id: LinkHandle): Link | undefined {
    return this.byLink.get(id);
  }

  open(
    id: LinkHandle,
    resume: Uint8Array,
    cursor: BoardCursor,
    slotMs: Millis,
    now: Millis,
  ): OpenedLink {
    const known = this.byHandle.get(markKey(resume));
    const session = known ?? this.create();
    const replaced = session.link;
    if (replaced !== null) this.drop(replaced);
    else if (session.lostAt !== NEVER) this.lostCount -= 1;
    const link: Link = {
      id,
      session,
      gate: new SlotGate(now, slotMs),
      cursor,
      slotMs,
      downSlotMs: slotMs,
      downUntil: 0,
      nextDownAt: 0,
      early: false,
      open: true,
    };
    session.link = link;
    session.lostAt = NEVER;
    this.byLink.set(id, link);
    return { link, resumed: known !== undefined, replaced };
  }

  /** The handle stays for a while. */
  close(link: Link, now: Millis): void {
    this.drop(link);
    const { session } = link;
    session.link = null;
    session.lostAt = now;
    this.lostCount += 1;
    this.lost.push(now + RESUME_MS, { session, lostAt: now });
    while (this.lostCount > this.limits.lostSessions) {
      const oldest = this.lost.pop();
      if (oldest === undefined) return;
      this.forget(oldest.session, oldest.lostAt);
    }
  }

  /** Queues a reply for the client whose handle its id begins with. */
  deliver(replyId: ReplyId, payload: Uint8Array): 'queued' | 'unknown' | 'full' {
    const session = this.byHandle.get(markKey(replyId));
    if (session === undefined) return 'unknown';
    const { repliesEach, repliesAll } = this.limits;
    if (session.replies.length >= repliesEach || this.queued >= repliesAll) return 'full';
    session.replies.push({ replyId, payload });
    this.queued += 1;
    return 'queued';
  }

  takeReply(session: Session): Reply | null {
    const reply = session.replies.shift();
    if (reply === undefined) return null;
    this.queued -= 1;
    return reply;
  }

  nextAt(): Millis | undefined {
    return this.lost.nextAt;
  }

  /** Forgets handles whose time is over. */
  expire(now: Millis): void {
    for (;;) {
      const entry = this.lost.popDue(now);
      if (entry === undefined) return;
      this.forget(entry.session, entry.lostAt);
    }
  }

  private create(): Session {
    for (;;) {
      const handle = randomBytes(this.rng, HANDLE);
      const key = markKey(handle);
      if (key === 0n || this.byHandle.has(key)) continue;
      const session: Session = { handle, key, replies: [], link: null, lostAt: NEVER };
      this.byHandle.set(key, session);
      return session;
    }
  }

  private drop(link: Link): void {
    link.open = false;
    this.byLink.delete(link.id);
  }

  /** Unless it came back since it was lost at `lostAt`, even if only to be lost again. */
  private forget(session: Session, lostAt: Millis): void {
    if (session.link !== null || session.lostAt !== lostAt) return;
    this.byHandle.delete(session.key);
    this.queued -= session.replies.length;
    session.replies.length = 0;
    this.lostCount -= 1;
  }
}
