/**
 * What a mix measures of one whole epoch for its descriptor (docs/spec/06-directory.md): how many
 * requests it unwrapped, and which relays its own loops passed, sent and lost. Sums only; nothing
 * of a single packet is kept.
 */
import { BytesMap, compareBytes, type Millis, SECOND } from '@tacet/base';
import type { Descriptor, RelayHash } from '@tacet/directory';
import { MAX_LOOP_COUNTS } from '../limits.ts';

export interface MixReport {
  readonly epoch: number;
  /** As the descriptor says it. */
  readonly measured: Pick<Descriptor, 'requestRate' | 'loops'>;
}

interface Sum {
  readonly relay: RelayHash;
  sent: number;
  lost: number;
}

/** A program that starts this soon after an epoch began still counts the whole of it. */
const START_SLACK: Millis = 10 * SECOND;

function slackOf(epochMs: Millis): Millis {
  return Math.min(START_SLACK, epochMs / 60);
}

export class EpochTally {
  private epoch = -1;
  private whole = false;
  private epochMs: Millis = 1;
  private requests = 0;
  private sums = new BytesMap<Sum>();
  private last: MixReport | null = null;

  request(): void {
    this.requests += 1;
  }

  loop(relays: readonly RelayHash[], back: boolean): void {
    for (const relay of relays) {
      let sum = this.sums.get(relay);
      if (sum === undefined) {
        sum = { relay, sent: 0, lost: 0 };
        this.sums.set(relay, sum);
      }
      sum.sent += 1;
      if (!back) sum.lost += 1;
    }
  }

  /** Before anything is counted at `now`: begins a new epoch when one has begun. */
  turn(epochMs: Millis, now: Millis): void {
    const epoch = Math.floor(now / epochMs);
    if (epoch === this.epoch && epochMs === this.epochMs) return;
    const next = epoch === this.epoch + 1 && epochMs === this.epochMs;
    this.last = next && this.whole ? this.report() : null;
    this.whole = next || now - epoch * epochMs <= slackOf(epochMs);
    this.epoch = epoch;
    this.epochMs = epochMs;
    this.requests = 0;
    this.sums = new BytesMap();
  }

  /** The clock was set: the epoch that runs is not counted from end to end. */
  onClockStep(by: Millis): void {
    if (Math.abs(by) > slackOf(this.epochMs)) this.epoch = -1;
  }

  /** Of the last whole epoch; null when this mix did not see all of it. */
  get lastWhole(): MixReport | null {
    return this.last;
  }

  private report(): MixReport {
    const sums = [...this.sums.entries()].map(([, sum]) => sum);
    const most = sums.sort((a, b) => b.sent - a.sent).slice(0, MAX_LOOP_COUNTS);
    most.sort((a, b) => compareBytes(a.relay, b.relay));
    const requestRate = Math.floor((this.requests * 1_000 * SECOND) / this.epochMs);
    const loops = most.map((sum) => ({ ...sum }));
    return { epoch: this.epoch, measured: { requestRate, loops } };
  }
}
