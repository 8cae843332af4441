/**
 * Periods in which a window counts as in use (docs/spec/17-levels.md, 3). They last for whole
 * blocks, each drawn when the one before it is decided, so that the moment a window is closed is
 * nowhere in them. Now and then nobody's window is in use for a while: such a visit beats as a
 * window would, so that both kinds of periods are made by the same rule. All of it is saved.
 */
import {
  ByteReader,
  ByteWriter,
  HOUR,
  MINUTE,
  type Millis,
  type Rng,
  randomBetween,
  randomExponential,
} from '@tacet/base';
import type { ProfileStore } from '../ports.ts';
import { readSetting, writeSetting } from '../store/settings.ts';

/** A period goes on for so long after the last sign of a window; a block lasts so long, or up to. */
export const LEAST: Millis = 30 * MINUTE;
export const MOST: Millis = 60 * MINUTE;
/** Mean time between visits of nobody: at any hour, since a client does not know when people sleep. */
const VISITS: Millis = 8 * HOUR;
/** How long one lasts: as often between one and two minutes as between one and two hours. */
const VISIT_LEAST: Millis = MINUTE;
const VISIT_MOST: Millis = 2 * HOUR;
/** So often a window says that it is looked at. */
const BEAT: Millis = MINUTE;
/** Who was not running at the moment of a visit does not make up for it. */
const LATE: Millis = 5 * MINUTE;
const SAVED = 3 * 8;

export class InUse {
  private readonly store: ProfileStore;
  private readonly rng: Rng;
  /** End of the last block. */
  private until: Millis = 0;
  private visitAt: Millis;
  private visitEnds: Millis = 0;
  private nextBeat: Millis = 0;

  constructor(store: ProfileStore, rng: Rng, now: Millis) {
    this.store = store;
    this.rng = rng;
    this.visitAt = now + randomExponential(rng, VISITS);
    const saved = readSetting(store, 'in-use');
    if (saved === null || saved.length !== SAVED) return;
    const reader = new ByteReader(saved, 'in-use');
    // A clock that was set back while the program slept must not make a period of weeks.
    this.until = Math.min(reader.u64(), now + LEAST + MOST);
    this.visitAt = Math.min(reader.u64(), this.visitAt + 24 * VISITS);
    this.visitEnds = Math.min(reader.u64(), now + VISIT_MOST);
  }

  get end(): Millis {
    return this.until;
  }

  /** A window is open and visible. */
  beat(now: Millis): void {
    if (this.until - now >= LEAST) return;
    const block = randomBetween(this.rng, LEAST, MOST);
    this.until = Math.max(this.until, now) + block;
    this.save();
  }

  /** Called at least once a slot. */
  advance(now: Millis): void {
    if (now >= this.visitAt) {
      if (now - this.visitAt < LATE) {
        this.visitEnds = now + visit(this.rng);
        this.nextBeat = now;
      }
      this.visitAt = now + randomExponential(this.rng, VISITS);
      this.save();
    }
    if (now >= this.visitEnds || now < this.nextBeat) return;
    this.nextBeat = now + BEAT;
    this.beat(now);
  }

  /** The clock was set back by so much. In a transaction. */
  setBack(by: Millis): void {
    this.until -= by;
    this.visitAt -= by;
    this.visitEnds -= by;
    this.nextBeat -= by;
    this.save();
  }

  private save(): void {
    const writer = new ByteWriter(SAVED);
    for (const at of [this.until, this.visitAt, this.visitEnds]) {
      writer.u64(Math.max(0, Math.floor(at)));
    }
    writeSetting(this.store, 'in-use', writer.done());
  }
}

/** Log-uniform: no length is the usual one. */
export function visit(rng: Rng): Millis {
  return VISIT_LEAST * Math.exp(randomBetween(rng, 0, Math.log(VISIT_MOST / VISIT_LEAST)));
}
