/** An opener that does what the test says: frames are names, nothing is encrypted. */
import type { Injection, Opened, PacketOpener, ReplyBlock } from '@tacet/onion';

export interface Replied {
  readonly block: ReplyBlock;
  readonly data: Uint8Array;
  readonly at: number;
}

export class FakeOpener implements PacketOpener {
  readonly replies: Replied[] = [];
  /** What `enter` gives, in place of the injection named by the frame. */
  enterDrop: Extract<ReturnType<PacketOpener['enter']>, { drop: unknown }> | null = null;
  stale = false;
  private readonly outcomes = new Map<Uint8Array, Opened>();
  private readonly epoch: number;
  private readonly firstMix: number;

  constructor(epoch: number, firstMix: number) {
    this.epoch = epoch;
    this.firstMix = firstMix;
  }

  /** A frame that will open to that. */
  frame(opened: Opened): Uint8Array {
    const frame = new Uint8Array(1);
    this.outcomes.set(frame, opened);
    return frame;
  }

  open(frame: Uint8Array): Opened {
    return this.outcomes.get(frame) ?? { kind: 'drop', reason: 'version' };
  }

  enter(frame: Uint8Array): ReturnType<PacketOpener['enter']> {
    return this.enterDrop ?? { epoch: this.epoch, next: this.firstMix, packet: frame };
  }

  reply(block: ReplyBlock, data: Uint8Array, now: number): Injection | null {
    if (this.stale) return null;
    this.replies.push({ block, data, at: now });
    return { epoch: this.epoch, next: this.firstMix, packet: new Uint8Array(1) };
  }
}
