/**
 * What failed although nobody outside may make it fail, and was contained (docs/spec/18-conversations.md,
 * 8): a mistake of ours. Counted by reason, told as an alarm, and handed to the host's log, which keeps
 * where in our code it was and nothing of what it was about.
 */
import { Counters, HOUR, type Millis } from '@tacet/base';
import type { Troubles } from '../sessions/jobs.ts';
import type { Attempts } from '../store/attempt.ts';

export type FaultReason =
  /** A content that came could not be saved: kept as a dead letter. */
  | 'content-failed'
  /** Nothing of an envelope could be saved: not receipted. */
  | 'envelope-failed'
  /** A word of an envelope that is said again by itself could not be saved. */
  | 'word-failed'
  /** Other work could not be saved, and failed in the way that it has for that. */
  | 'work-failed'
  /** Nothing of some work could be saved: it rests until the next start. */
  | 'work-resting'
  /** What stood in a box could not be taken: the box is read again after the next start. */
  | 'box-failed'
  /** Something an edge sent could not be taken. */
  | 'input-failed'
  /** Something done now and then failed: it is due again. */
  | 'task-failed';

export interface FaultDeps {
  readonly attempts: Attempts;
  readonly alarm: (code: string, now: Millis) => void;
  /** To whoever keeps the log. */
  readonly tell: (code: FaultReason, error: unknown) => void;
}

/** Whoever can cause a fault at will must not fill the event log: what has no letter is told so often. */
const ALARM_EVERY: Millis = HOUR;

export class Faults implements Troubles {
  readonly counters = new Counters<FaultReason>();
  private readonly d: FaultDeps;
  private readonly told = new Map<FaultReason, Millis>();

  constructor(deps: FaultDeps) {
    this.d = deps;
  }

  /** Work of which a part may fail, and everything else goes on. It has transactions of its own. */
  contain(reason: FaultReason, now: Millis, work: () => unknown): boolean {
    const failure = this.d.attempts.tried(work);
    if (failure !== null) this.note(reason, failure.error, now);
    return failure === null;
  }

  /** Counted, and an alarm where the last of its kind is an hour ago. */
  note(reason: FaultReason, error: unknown, now: Millis): void {
    this.count(reason, error);
    const before = this.told.get(reason);
    if (before !== undefined && now >= before && now - before < ALARM_EVERY) return;
    // Nothing may fail because it cannot be told.
    if (this.d.attempts.saved(() => this.d.alarm(reason, now)) === null) this.told.set(reason, now);
  }

  /** Of an envelope that came: a dead letter has its alarm already. */
  noteArrival(reason: FaultReason, error: unknown, now: Millis): void {
    if (reason === 'word-failed') this.note(reason, error, now);
    else this.count(reason, error);
  }

  /** Work could not be saved; what is done about that could. */
  onContained(error: unknown): void {
    this.count('work-failed', error);
  }

  /** Nothing of some work could be saved. */
  onResting(error: unknown, now: Millis): void {
    this.note('work-resting', error, now);
  }

  /** Of what has an alarm of its own. */
  count(reason: FaultReason, error: unknown): void {
    this.counters.add(reason);
    this.d.tell(reason, error);
  }
}
