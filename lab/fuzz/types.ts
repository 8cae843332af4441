/** What a role under fire gives the engine, and what comes out. */
import type { Millis } from '@tacet/base';

/** One input, made before its time is taken. */
export interface Input {
  /** Kind of mutation, for the table and for a crash report. */
  readonly kind: string;
  /** True: nothing at all may follow from it, neither now nor later. */
  readonly silent: boolean;
  /** Hands it over. Returns how many outputs (frames, commands, kept packets) it caused at once. */
  readonly deliver: () => number | Promise<number>;
}

export interface Role {
  /** The next input. */
  next(): Input;
  /** Lets time pass, takes what is due, restarts what has come to its end. Called between inputs. */
  rest(): void;
  /** How often each reason came up so far. */
  counts(): Readonly<Record<string, number>>;
  /** Outputs that no input was entitled to, found out later than at once. */
  lateReplies(): number;
  /** Throws unless an honest input still gets what it should. */
  check(): void | Promise<void>;
  /** Inputs so far, where one delivery holds many. */
  inputs?(): number;
  /** Closes what is open. */
  close?(): Promise<void>;
}

export interface RoleKind {
  readonly name: string;
  /** What must come up a thousand times in the long form. */
  readonly reasons: readonly string[];
  /** Reasons that exist and that nobody outside can cause, each with why. */
  readonly beyond: Readonly<Record<string, string>>;
  /** Counters that refuse nothing, each with what it counts. */
  readonly events: Readonly<Record<string, string>>;
  readonly make: (options: RoleOptions) => Role | Promise<Role>;
}

export interface RoleOptions {
  readonly seed: string;
  readonly count: number;
  /** No input begins later than this after the first. */
  readonly seconds?: number;
}

export interface RoleReport {
  readonly role: string;
  readonly seed: string;
  readonly inputs: number;
  /** By kind of mutation. */
  readonly kinds: Readonly<Record<string, number>>;
  /** By reason, of the machine's own counters and of decoders. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly repliesToBad: number;
  /** Processor time of the slowest single input, and what it was. */
  readonly slowestMs: Millis;
  readonly slowest: string;
  /** Heap and buffers after a collection, after a tenth of the inputs and at the end. */
  readonly heapBeforeMb: number;
  readonly heapAfterMb: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Null, or the input that made it throw. */
  readonly crash: string | null;
}
