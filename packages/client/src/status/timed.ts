/**
 * Features that have a deadline of their own, called when it has come. One that fails is left alone for
 * a minute: its deadline stays where it was, and must not be due again and again.
 */
import { MINUTE, type Millis } from '@tacet/base';
import type { AddressFeature } from '../addresses/feature.ts';
import type { Messages } from '../conversations/messages.ts';
import type { Visits } from '../meeting/visits.ts';
import type { Network } from '../network/network.ts';
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
    const due = this.parts.map((part) => {
      const at = part.deadline() ?? Number.POSITIVE_INFINITY;
      return Math.max(at, this.rests.get(part) ?? at);
    });
    return Math.min(...due);
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
