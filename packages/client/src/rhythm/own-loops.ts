/**
 * A client's own loops (docs/spec/04-mixing.md, 8): which slots carry one, and what is learnt
 * from those that come back and those that do not. A slot carries a loop by a draw that asks
 * nothing of what waits, so that a loop says nothing about the person.
 */
import { hex, type Millis, type Rng, randomInt } from '@tacet/base';
import type { Parameters, VerifiedDocument } from '@tacet/directory';
import type { Path } from '@tacet/onion';
import { LoopWatch, type Mixes } from './loop-watch.ts';
import { RetryGate } from './retry-gate.ts';

const tables = new WeakMap<VerifiedDocument, Mixes>();

export class OwnLoops {
  readonly gate: RetryGate;
  private readonly rng: Rng;
  private readonly watch = new LoopWatch();
  private readonly onSuspect: (now: Millis) => void;
  private permille = 0;

  constructor(rng: Rng, onSuspect: (now: Millis) => void) {
    this.rng = rng;
    this.onSuspect = onSuspect;
    this.gate = new RetryGate(rng, (path) => this.watch.explains(path));
  }

  /** Mixes that lose packets, as far as this client can tell: hashes in hex. */
  get suspects(): readonly string[] {
    return this.watch.suspects;
  }

  /** Draws whether the slot in hand is a loop's. */
  take({ loopPermille }: Parameters): boolean {
    this.permille = loopPermille;
    return randomInt(this.rng, 1_000) < loopPermille;
  }

  /** In a network without loops there is nothing to wait for. */
  mayRetry(now: Millis): boolean {
    return this.permille === 0 || this.gate.allows(now);
  }

  /** A loop leaves in that slot; the result is told whether it came back. */
  sent(path: Path, verified: VerifiedDocument, slot: Millis): (back: boolean, now: Millis) => void {
    const mixes = mixesOf(verified);
    const names = path.hops.slice(0, 3).map((hop) => nameOf(verified, hop.index));
    const pauseMs = verified.document.parameters.retryPauseMs;
    this.gate.loopSent(slot);
    return (back, now) => {
      const suspect = this.watch.note(names, mixes, back);
      if (back) this.gate.loopBack(slot, pauseMs, now);
      else this.gate.loopLost(slot, names);
      if (suspect !== null) this.onSuspect(now);
    };
  }
}

function mixesOf(verified: VerifiedDocument): Mixes {
  const known = tables.get(verified);
  if (known !== undefined) return known;
  const layer = (wanted: number): string[] =>
    verified.document.relays.flatMap((relay, index) =>
      relay.role === 'mix' && relay.layer === wanted ? [nameOf(verified, index)] : [],
    );
  const mixes: Mixes = [layer(1), layer(2), layer(3)];
  tables.set(verified, mixes);
  return mixes;
}

function nameOf(verified: VerifiedDocument, index: number): string {
  const hash = verified.relayHashes[index];
  return hash === undefined ? '' : hex(hash);
}
