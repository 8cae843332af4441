/** Operations gathered for one group commit, with their callers and their records. */
import type { BatchMessage } from './protocol.ts';

export interface Caller {
  /** @param take the next record of the answer, or null where one was not found */
  resolve(code: number, value: number, take: () => Uint8Array | null): void;
  reject(error: unknown): void;
}

const FIRST_WORDS = 64;
const FIRST_BYTES = 19_200;

export class Batch {
  readonly callers: Caller[] = [];
  private words = new Int32Array(FIRST_WORDS);
  private usedWords = 0;
  private bytes: Uint8Array<ArrayBuffer>;
  private usedBytes = 0;

  /** @param spare a buffer that is nobody's any more */
  constructor(spare: Uint8Array<ArrayBuffer> = new Uint8Array(FIRST_BYTES)) {
    this.bytes = spare;
  }

  get size(): number {
    return this.callers.length;
  }

  get message(): BatchMessage {
    const { words, bytes } = this;
    return { kind: 'batch', words, operations: this.size, records: bytes };
  }

  /** Begins an operation; its words and bytes follow. */
  begin(caller: Caller, kind: number): this {
    this.callers.push(caller);
    return this.word(kind);
  }

  word(word: number): this {
    if (this.usedWords === this.words.length) {
      const larger = new Int32Array(2 * this.words.length);
      larger.set(this.words);
      this.words.fill(0);
      this.words = larger;
    }
    this.words[this.usedWords++] = word;
    return this;
  }

  mark(mark: Uint8Array): this {
    return this.word(half(mark, 0)).word(half(mark, 4));
  }

  /** Copies, so that the caller may use its buffer again. */
  data(data: Uint8Array): this {
    if (this.usedBytes + data.length > this.bytes.length) {
      const larger = new Uint8Array(2 * this.bytes.length + data.length);
      larger.set(this.bytes);
      this.bytes.fill(0);
      this.bytes = larger;
    }
    this.bytes.set(data, this.usedBytes);
    this.usedBytes += data.length;
    return this;
  }
}

/** Four bytes as a signed word, in the order in which the day files keep marks. */
function half(mark: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = mark.subarray(at, at + 4);
  return a | (b << 8) | (c << 16) | (d << 24);
}
