/**
 * Features that have a deadline of their own, called when it has come. One that fails is left alone for
 * a minute: its deadline stays where it was, and must not be due again and again.
 */
import { MINUTE, type Millis } from '@tacet/base';
import type { AddressFeature } from '../addresses/feature.ts';
import type { StandingReads } from '../boxes/standing.ts';
import type { Messages } from '../conversations/messages.ts';
import type { OwnBoxes } from '../copies/own-boxes.ts';
import type { Levels } from '../levels/levels.ts';
import type { Visits } from '../meeting/visits.ts';
import type { Link } from '../network/link.ts';
import type { Network } from '../network/network.ts';
import type { RequestTracker } from '../network/requests.ts';
import type { RecoveryParts } from '../recovery/join.ts';
import type { StreamReader } from '../streams/reader.ts';
import type { Faults } from './faults.ts';

export interface TimedPart {
  /** Null: nothing is to be done. */
  readonly deadline: () => Millis | null;
  readonly advance: (now: Millis) => void;
}

const REST: Millis = MINUTE;

export class Timed {
  private readonly faults: Faults;
  private readonly parts: readonly TimedPart[];
  private readonly rests = new Map<TimedPart, Millis>();

  constructor(faults: Faults, parts: readonly TimedPart[]) {
    this.faults = faults;
    this.parts = parts;
  }

  /** Infinity: nothing is to be done. */
  get deadline(): Millis {
    let due = Number.POSITIVE_INFINITY;
    for (const part of this.parts) {
      const at = part.deadline();
      if (at === null || at >= due) continue;
      due = Math.min(due, Math.max(at, this.rests.get(part) ?? at));
    }
    return due;
  }

  advance(now: Millis): void {
    for (const part of this.parts) {
      if (now < (this.rests.get(part) ?? now)) continue;
      if (this.faults.contain('task-failed', now, () => part.advance(now))) this.rests.delete(part);
      else this.rests.set(part, now + REST);
    }
  }

  /** The clock was set back by so much. */
  setBack(by: Millis): void {
    for (const [part, at] of this.rests) this.rests.set(part, at - by);
  }
}

/** Of an engine: what is looked at before each slot. */
export function slotParts(features: {
  readonly faults: Faults;
  readonly levels: Levels;
  readonly standing: StandingReads;
  readonly ownBoxes: OwnBoxes;
  readonly recovery: RecoveryParts;
  readonly link: Link;
}): Timed {
  const { faults, levels, standing, ownBoxes, recovery, link } = features;
  const deadline = (): null => null;
  return new Timed(faults, [
    { deadline, advance: (now) => levels.advance(now) },
    { deadline, advance: (now) => standing.setActive(levels.switch.waits(now)) },
    { deadline, advance: (now) => recovery.advance(link.kind === 'up', now) },
    {
      deadline,
      advance: (now) => {
        // A restored daemon says nothing before it has begun.
        if (!recovery.restating.waits) ownBoxes.advance(link.kind === 'up', now);
      },
    },
  ]);
}

/** Settles what was not answered in time, each by itself: what fails was taken off before. */
export function expireRequests(faults: Faults, requests: RequestTracker, now: Millis): void {
  for (let most = requests.size; most >= 0; most--) {
    if (faults.contain('task-failed', now, () => requests.expire(now))) return;
  }
}

/** Of an engine: invitations answered, requests at addresses, gaps of streams, what disappears. */
export function timedParts(features: {
  readonly faults: Faults;
  readonly network: Network | null;
  readonly visits: Visits;
  readonly addresses: AddressFeature;
  readonly reader: StreamReader;
  readonly messageList: Messages;
}): Timed {
  const { faults, visits, addresses, reader, messageList } = features;
  const joined = (): boolean => features.network !== null;
  return new Timed(faults, [
    {
      deadline: () => (joined() ? visits.deadline : null),
      advance: (now) => visits.advance(now),
    },
    {
      deadline: () => (joined() ? addresses.deadline : null),
      advance: (now) => {
        if (joined()) addresses.advance(now);
      },
    },
    { deadline: () => reader.deadline, advance: (now) => reader.advance(now) },
    {
      deadline: () => messageList.removal.deadline,
      advance: (now) => void messageList.removal.sweep(now),
    },
  ]);
}
