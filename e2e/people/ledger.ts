/** What the six have said, written down as it is said: what every store must agree with. */
import type { Millis } from '@tacet/base';

/** A line of a conversation: a text, and what was done to it since. */
export interface Line {
  /** Every version of it begins with `#<number> `. */
  readonly number: number;
  readonly from: string;
  readonly to: string;
  /** At its writer. */
  readonly id: string;
  readonly at: Millis;
  /** What was played when it was given. */
  readonly chapter: string;
  /** Number of the newest line its writer had of this conversation; null in the first. */
  readonly after: number | null;
  /** Of the line it answers. */
  readonly replyTo: number | null;
  /** The first text, then every edit. */
  readonly versions: string[];
  /** By whom. */
  readonly reactions: Map<string, string>;
  deleted: boolean;
}

export interface Given extends Omit<Line, 'chapter' | 'versions' | 'reactions' | 'deleted'> {
  readonly text: string;
}

const NUMBERED = /^#(\d+) /;

export function numberIn(text: string): number | null {
  const [, digits] = NUMBERED.exec(text) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** A word that stands in this line alone, and in the beginning of no other. */
export function wordOf(number: number): string {
  return `quince${number}x`;
}

export function textOf(number: number, from: string, to: string, version: number): string {
  return `#${number} ${from} to ${to}, ${wordOf(number)}, version ${version}`;
}

export class Ledger {
  readonly lines = new Map<number, Line>();
  /** Everything done so far, by chapter. */
  readonly acts = new Map<string, number>();
  /** Written down beside what is given from now on. */
  chapter = '';
  private last = 0;

  /** How much, all together. */
  get done(): number {
    return [...this.acts.values()].reduce((sum, n) => sum + n, 0);
  }

  nextNumber(): number {
    this.last += 1;
    return this.last;
  }

  /** A text that was given just now, in what is played now. */
  add({ text, ...given }: Given): void {
    this.lines.set(given.number, {
      ...given,
      chapter: this.chapter,
      versions: [text],
      reactions: new Map(),
      deleted: false,
    });
    this.counted();
  }

  /** Something else was done. */
  counted(): void {
    this.acts.set(this.chapter, (this.acts.get(this.chapter) ?? 0) + 1);
  }

  /** Of one conversation, both ways. */
  between(a: string, b: string): Line[] {
    return [...this.lines.values()].filter(
      ({ from, to }) => (from === a && to === b) || (from === b && to === a),
    );
  }
}
