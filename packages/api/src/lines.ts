/**
 * Newline-delimited messages out of a byte stream, with a cap on the unfinished line. After
 * `request-malformed` the stream cannot be trusted to be in step: close it.
 */
import { AppError } from '@tacet/base';
import { MAX_MESSAGE_BYTES } from './limits.ts';

const NEWLINE = 0x0a;

export class LineSplitter {
  private parts: Uint8Array[] = [];
  private held = 0;
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });

  /** The whole lines that `chunk` completes; empty lines are skipped. */
  push(chunk: Uint8Array): string[] {
    const lines: string[] = [];
    let rest = chunk;
    for (;;) {
      const end = rest.indexOf(NEWLINE);
      if (end === -1) break;
      const line = this.take(rest.subarray(0, end));
      if (line !== '') lines.push(line);
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 0) this.hold(rest);
    return lines;
  }

  private hold(bytes: Uint8Array): void {
    this.held += bytes.length;
    if (this.held > MAX_MESSAGE_BYTES) {
      this.parts = [];
      throw new AppError('request-malformed', 'input', 'the message is too large');
    }
    this.parts.push(bytes.slice());
  }

  private take(last: Uint8Array): string {
    this.hold(last);
    const whole = new Uint8Array(this.held);
    let at = 0;
    for (const part of this.parts) {
      whole.set(part, at);
      at += part.length;
    }
    this.parts = [];
    this.held = 0;
    try {
      return this.decoder.decode(whole).trim();
    } catch {
      throw new AppError('request-malformed', 'input', 'the message is not UTF-8');
    }
  }
}
