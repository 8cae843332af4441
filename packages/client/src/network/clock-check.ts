/**
 * Compares this computer's clock with the network's (docs/spec/13-client-view.md 4). Own clock
 * decides, the network's only objects: nobody outside can choose the epoch of our packets. The
 * network's time is what edges sign in their digests, and what the own edge says when a link
 * opens.
 */
import { MINUTE, type Millis } from '@tacet/base';
import { buildingEpoch, type Parameters } from '@tacet/directory';

interface Voice {
  /** Number of the newest digest heard. */
  number: number;
  /** Network time minus own time; null until a newer digest follows the first one heard. */
  offset: Millis | null;
}

/** Differences up to this are those of honest clocks and of digests on their way. */
export function clockTolerance({ epochMs, digestMs }: Parameters): Millis {
  return Math.min(MINUTE, epochMs / 60 + 2 * digestMs);
}

export class ClockCheck {
  private readonly voices = new Map<number, Voice>();
  private welcomed: Millis | null = null;
  /** `offset` as it was worked out last; undefined when something was heard since. */
  private known: Millis | null | undefined;

  /** A link opened: what was heard before may be as old as the computer slept. */
  onWelcome(edgeTime: Millis, now: Millis): void {
    this.voices.clear();
    this.welcomed = edgeTime - now;
    this.known = undefined;
  }

  /** A digest of `edge`, signed at `at` by that edge's clock. Repeats of older ones say nothing. */
  onDigest(edge: number, number: number, at: Millis, now: Millis): void {
    const voice = this.voices.get(edge);
    if (voice !== undefined && number <= voice.number) return;
    // The first one heard may be the last one of an edge that is gone.
    this.known = undefined;
    this.voices.set(edge, { number, offset: voice === undefined ? null : at - now });
  }

  /**
   * Network time minus own time: the median of the edges heard, of two middle ones the nearer to
   * our own clock. Null before anything was heard.
   */
  get offset(): Millis | null {
    if (this.known === undefined) this.known = this.median();
    return this.known;
  }

  private median(): Millis | null {
    const offsets: Millis[] = [];
    for (const { offset } of this.voices.values()) if (offset !== null) offsets.push(offset);
    offsets.sort((a, b) => a - b);
    const low = offsets[(offsets.length - 1) >> 1];
    const high = offsets[offsets.length >> 1];
    if (low === undefined || high === undefined) return this.welcomed;
    return Math.abs(low) < Math.abs(high) ? low : high;
  }

  /** By how much own clock is ahead (negative: behind), when that is more than honest clocks are. */
  ahead(parameters: Parameters): Millis | null {
    const { offset } = this;
    return offset === null || Math.abs(offset) <= clockTolerance(parameters) ? null : -offset;
  }

  /** True when both clocks name the same epoch for a packet of now. */
  agrees(parameters: Parameters, now: Millis): boolean {
    const ahead = this.ahead(parameters);
    if (ahead === null) return true;
    return buildingEpoch(parameters, now) === buildingEpoch(parameters, now - ahead);
  }
}
