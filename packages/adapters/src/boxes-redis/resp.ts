/**
 * The wire format of Redis, version 2: commands are lists of byte strings, replies are typed.
 * A reply beyond the caps, or of no known type, ends the connection.
 */
import { AppError } from '@tacet/base';
import { LIMITS } from './limits.ts';

/** What a node refused. Its text may name addresses and keys: only the first word is ever shown. */
export class ServerError {
  readonly code: string;
  readonly text: string;

  constructor(text: string) {
    this.text = text;
    this.code = /^[A-Z]{2,32}\b/.exec(text)?.[0] ?? 'ERR';
  }
}

export type Reply = string | number | null | Uint8Array | ServerError | readonly Reply[];

export type Argument = string | number | Uint8Array;

/** @param args strings hold characters of one byte only. */
export function encodeCommand(...args: readonly Argument[]): Buffer {
  // Heads and texts are gathered, so that a command with a record is made in three steps.
  let text = `*${args.length}\r\n`;
  let length = 0;
  const pieces: (string | Uint8Array)[] = [];
  for (const arg of args) {
    if (arg instanceof Uint8Array) {
      text += `$${arg.length}\r\n`;
      pieces.push(text, arg);
      length += text.length + arg.length;
      text = '\r\n';
    } else {
      const word = String(arg);
      text += `$${word.length}\r\n${word}\r\n`;
    }
  }
  const command = Buffer.allocUnsafe(length + text.length);
  let at = 0;
  for (const piece of [...pieces, text]) {
    if (typeof piece === 'string') at += command.write(piece, at, 'latin1');
    else {
      command.set(piece, at);
      at += piece.length;
    }
  }
  return command;
}

const CR = 0x0d;
/** A line of a reply: a type, a number or a few words. */
const MAX_LINE = 4_096;

const SIMPLE = 0x2b;
const ERROR = 0x2d;
const INTEGER = 0x3a;
const BULK = 0x24;
const LIST = 0x2a;

/** Returned when the rest of a reply has not arrived yet. */
const MORE = Symbol('more');

export class ReplyReader {
  private buffer: Buffer = Buffer.alloc(0);
  private at = 0;

  /** @throws `boxes-protocol`; the connection is of no use then. */
  take(chunk: Buffer): Reply[] {
    this.buffer =
      this.at === this.buffer.length
        ? chunk
        : Buffer.concat([this.buffer.subarray(this.at), chunk]);
    this.at = 0;
    const replies: Reply[] = [];
    for (;;) {
      const start = this.at;
      const reply = start === this.buffer.length ? MORE : this.read(0);
      if (reply === MORE) {
        this.at = start;
        return replies;
      }
      replies.push(reply);
    }
  }

  private read(depth: number): Reply | typeof MORE {
    const line = this.line();
    if (line === MORE) return MORE;
    const [type, text] = line;
    switch (type) {
      case SIMPLE:
        return text;
      case ERROR:
        return new ServerError(text);
      case INTEGER:
        return integer(text);
      case BULK:
        return this.bulk(integer(text));
      case LIST:
        return this.list(integer(text), depth + 1);
      default:
        throw malformed();
    }
  }

  private line(): readonly [type: number, text: string] | typeof MORE {
    const end = this.buffer.indexOf(CR, this.at);
    const length = (end === -1 ? this.buffer.length : end) - this.at;
    if (length > MAX_LINE) throw malformed();
    if (end === -1 || end + 2 > this.buffer.length) return MORE;
    const type = this.buffer[this.at] ?? 0;
    const text = this.buffer.toString('latin1', this.at + 1, end);
    this.at = end + 2;
    return [type, text];
  }

  private bulk(length: number): Uint8Array | null | typeof MORE {
    if (length === -1) return null;
    if (length < 0 || length > LIMITS.replyBytes) throw malformed();
    if (this.at + length + 2 > this.buffer.length) return MORE;
    // A copy: a view would keep everything that arrived with it.
    const bytes = new Uint8Array(this.buffer.subarray(this.at, this.at + length));
    this.at += length + 2;
    return bytes;
  }

  private list(length: number, depth: number): Reply | typeof MORE {
    if (length === -1) return null;
    if (length < 0 || length > LIMITS.replyItems || depth > LIMITS.replyDepth) throw malformed();
    const items: Reply[] = [];
    while (items.length < length) {
      if (this.at === this.buffer.length) return MORE;
      const item = this.read(depth);
      if (item === MORE) return MORE;
      items.push(item);
    }
    return items;
  }
}

function integer(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw malformed();
  return Number(text);
}

function malformed(): AppError {
  return new AppError('boxes-protocol', 'network', 'a node of the box cluster answers out of form');
}
