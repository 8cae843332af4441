/**
 * What the measured programs write down, one JSON object a line, all by one clock: the wall clock
 * of this machine with fractions of a millisecond.
 */
import { createWriteStream, readFileSync, type WriteStream } from 'node:fs';

/** A request's frame is about to leave a daemon at `slot`. */
export interface SentFact {
  readonly kind: 'sent';
  readonly what: string;
  /** First octets of the packet: its name at the entry edge. */
  readonly tag: string;
  readonly replyId: string;
  /** The box written, or the real one of three read; null for cover. */
  readonly mark: string | null;
  readonly edge: string;
  readonly slot: number;
  readonly out: readonly number[];
  readonly back: readonly number[];
}

/** A text is in the receiver's store, the transaction done. */
export interface SavedFact {
  readonly kind: 'saved';
  readonly id: string;
  readonly at: number;
}

export type EdgeFact =
  | { readonly kind: 'entered'; readonly tag: string; readonly delay: number }
  | { readonly kind: 'stored'; readonly mark: string; readonly at: number }
  | { readonly kind: 'queued'; readonly replyId: string; readonly at: number }
  | { readonly kind: 'told'; readonly replyId: string; readonly at: number };

export type Fact = SentFact | SavedFact | EdgeFact;

export class FactFile {
  private readonly out: WriteStream;

  constructor(path: string) {
    this.out = createWriteStream(path, { flags: 'a', mode: 0o600 });
  }

  add(fact: Fact): void {
    this.out.write(`${JSON.stringify(fact)}\n`);
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.out.end(resolve));
  }
}

export function readFacts(path: string): Fact[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Fact);
}

export function factsNow(): number {
  return performance.timeOrigin + performance.now();
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}

/** Octets of the first layer's ciphertext: distinct in every packet. */
export function tagOf(packet: Uint8Array): string {
  return hexOf(packet.subarray(8, 24));
}
