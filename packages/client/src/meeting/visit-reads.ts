/**
 * When a guest asks for boxes that nobody announced (docs/spec/09-meeting.md): an offer that has not
 * come yet, in rounds; what stands in the reply box instead; an outcome that silence has made due.
 */
import { AppError, DAY, HOUR, type Millis } from '@tacet/base';
import type { ReadQueue } from '../boxes/reads.ts';
import type { Watch } from '../boxes/watches.ts';
import type { ProfileStore, SqlRow } from '../ports.ts';
import { blob, num, numOrNull, text } from '../store/rows.ts';
import { meetingBox, OFFER_BOXES, OUTCOME_BOX, REPLY_BOX } from './boxes.ts';
import type { MeetingDeps } from './deps.ts';

/** Between rounds of reading an absent offer: 5 s, doubled, at most 10 minutes, for a day. */
const FIRST_PAUSE: Millis = 5_000;
const LONGEST_PAUSE: Millis = 600_000;
const GIVE_UP: Millis = 86_400_000;
/** Rounds without an offer after which it counts as missing where no home has it. */
const ROUNDS_BEFORE_WORD = 2;
/** Without an outcome for so long after the answer was stored the window says so. */
const UNANSWERED: Millis = DAY;
/** The last day is over everywhere, and an answer taken on it was written: the meeting ends. */
const AFTER_END: Millis = DAY;
/** Pause between two looks for an outcome that no edge could say anything about. */
const LOOK_PAUSE: Millis = 6 * HOUR;

interface Round {
  rounds: number;
  nextAt: Millis;
}

export class VisitReads {
  private readonly d: MeetingDeps;
  private readonly reads: ReadQueue;
  private readonly end: (contactId: number, reason: string, now: Millis) => void;
  private readonly rounds = new Map<number, Round>();
  /** Answered ones: when the outcome is next asked for without an announcement. */
  private readonly looks = new Map<number, Millis>();

  /** @param end ends a meeting; called inside a transaction */
  constructor(
    deps: MeetingDeps,
    reads: ReadQueue,
    end: (contactId: number, reason: string, now: Millis) => void,
  ) {
    this.d = deps;
    this.reads = reads;
    this.end = end;
    for (const row of deps.store.all("SELECT contact_id FROM visits WHERE state = 'opening'")) {
      this.rounds.set(num(row, 'contact_id'), { rounds: 0, nextAt: deps.startedAt });
    }
    for (const row of deps.store.all(
      `SELECT c.* FROM visits v JOIN contacts c ON c.id = v.contact_id
       WHERE v.state = 'waiting' AND c.state = 'meeting'`,
    )) {
      this.looks.set(num(row, 'id'), Math.max(deps.startedAt, this.nextLook(row)));
    }
  }

  /** An invitation was opened: its offer is read. */
  opened(contactId: number, now: Millis): void {
    this.rounds.set(contactId, { rounds: 0, nextAt: now });
  }

  /** The offer is there. */
  read(contactId: number): void {
    this.rounds.delete(contactId);
  }

  /** The answer was made, or stored: when silence means something is worked out anew. */
  answered(contactId: number, now: Millis): void {
    this.looks.set(contactId, now);
  }

  forget(contactId: number): void {
    this.rounds.delete(contactId);
    this.looks.delete(contactId);
  }

  /** Reads what somebody else wrote into the reply box. `onAbsent` is called in a transaction. */
  lookAtReply(contactId: number, now: Millis, onAbsent: (now: Millis) => void): void {
    this.reads.catchUp(this.replyWatch(contactId, now), now, (then) =>
      this.d.store.transaction(() => onAbsent(then)),
    );
  }

  /** When an absent offer is asked for again, or null. */
  get deadline(): Millis | null {
    let at: Millis | null = null;
    for (const { nextAt } of this.rounds.values()) at = at === null ? nextAt : Math.min(at, nextAt);
    for (const nextAt of this.looks.values()) at = at === null ? nextAt : Math.min(at, nextAt);
    return at;
  }

  /** The clock was set back by so much. */
  setBack(by: Millis): void {
    for (const round of this.rounds.values()) round.nextAt -= by;
    for (const [contactId, at] of this.looks) this.looks.set(contactId, at - by);
  }

  /** Reads offers that have not come yet, and looks for outcomes that nobody announced. */
  advance(now: Millis): void {
    if ((this.deadline ?? Number.POSITIVE_INFINITY) > now) return;
    const able = this.d.network()?.current(now) != null;
    this.lookForOutcomes(able, now);
    for (const [contactId, round] of this.rounds) {
      if (round.nextAt > now) continue;
      if (!able) {
        // No document yet: nothing can be read, so look again in a moment.
        round.nextAt = now + 1_000;
        continue;
      }
      const row = this.d.store.get('SELECT * FROM visits WHERE contact_id = ?', contactId);
      if (row === undefined || text(row, 'state') !== 'opening') {
        this.rounds.delete(contactId);
        continue;
      }
      if (now - num(row, 'created_at') > GIVE_UP) {
        this.d.store.transaction(() => this.end(contactId, 'invitation-missing', now));
        continue;
      }
      round.rounds++;
      round.nextAt = now + Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** round.rounds);
      const counts = round.rounds > ROUNDS_BEFORE_WORD;
      const absent = counts ? (then: Millis): void => this.askWhy(contactId, then) : null;
      for (const index of OFFER_BOXES) {
        const watch = this.d.watches.find('visit', contactId, index);
        if (watch !== null) this.reads.catchUp(watch, now, absent);
      }
    }
  }

  /** No home has this box of the offer: what stands in the reply box may say why. */
  private askWhy(contactId: number, now: Millis): void {
    this.lookAtReply(contactId, now, (then) =>
      this.d.contacts.hold(contactId, 'invitation-missing', then),
    );
  }

  /** The reply box as a reader: for what somebody else wrote there. */
  private replyWatch(contactId: number, now: Millis): Watch {
    const known = this.d.watches.find('visit', contactId, REPLY_BOX);
    if (known !== null) return known;
    const box = meetingBox(blob(visitOf(this.d.store, contactId), 'secret'), REPLY_BOX);
    return this.d.store.transaction(() =>
      this.d.watches.add('visit', contactId, REPLY_BOX, box, now),
    );
  }

  private lookForOutcomes(able: boolean, now: Millis): void {
    for (const [contactId, at] of this.looks) {
      if (at > now) continue;
      const row = this.d.contacts.row(contactId);
      if (
        text(row, 'state') !== 'meeting' ||
        text(visitOf(this.d.store, contactId), 'state') !== 'waiting'
      ) {
        this.looks.delete(contactId);
        continue;
      }
      const next = this.nextLook(row);
      if (next > now || !able) {
        this.looks.set(contactId, able ? next : now + 1_000);
        continue;
      }
      this.looks.set(contactId, now + LOOK_PAUSE);
      const watch = this.d.watches.find('visit', contactId, OUTCOME_BOX);
      const absent = (then: Millis): void =>
        this.d.store.transaction(() => this.noOutcome(contactId, then));
      if (watch === null) absent(now);
      else this.reads.catchUp(watch, now, absent);
    }
  }

  /** When silence first means something: the next word, or the end. */
  private nextLook(row: SqlRow): Millis {
    const end = (numOrNull(row, 'ends_at') ?? 0) + AFTER_END;
    const delivered = numOrNull(row, 'delivered_at');
    if (delivered === null || row['reason'] !== null) return end;
    return Math.min(end, delivered + UNANSWERED);
  }

  /** Both edges were asked and have no outcome. */
  private noOutcome(contactId: number, now: Millis): void {
    const row = this.d.contacts.row(contactId);
    if (text(row, 'state') !== 'meeting') return;
    if (now >= (numOrNull(row, 'ends_at') ?? 0) + AFTER_END) {
      this.end(contactId, 'invitation-expired', now);
    } else if (numOrNull(row, 'delivered_at') !== null) {
      this.d.contacts.hold(contactId, 'invitation-unanswered', now);
      this.looks.set(contactId, now);
    }
  }
}

export function visitOf(store: ProfileStore, contactId: number): SqlRow {
  const row = store.get('SELECT * FROM visits WHERE contact_id = ?', contactId);
  if (row === undefined) throw new AppError('visit-missing', 'bug', 'a visit without its row');
  return row;
}
