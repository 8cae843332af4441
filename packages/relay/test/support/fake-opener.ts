/** An edge's side of the onion that does what the test says: nothing is encrypted. */
import type { Injection, PacketInjector, ReplyBlock } from '@tacet/onion';

export interface Replied {
  readonly block: ReplyBlock;
  readonly data: Uint8Array;
  readonly at: number;
}

export class FakeOpener implements PacketInjector {
  readonly replies: Replied[] = [];
  /** What `enter` gives, in place of the injection named by the frame. */
  enterDrop: Extract<ReturnType<PacketInjector['enter']>, { drop: unknown }> | null = null;
  stale = false;
  private readonly epoch: number;
  private readonly firstMix: number;

  constructor(epoch: number, firstMix: number) {
    this.epoch = epoch;
    this.firstMix = firstMix;
  }

  enter(frame: Uint8Array): ReturnType<PacketInjector['enter']> {
    return this.enterDrop ?? { epoch: this.epoch, next: this.firstMix, packet: frame };
  }

  reply(block: ReplyBlock, data: Uint8Array, now: number): Injection | null {
    if (this.stale) return null;
    this.replies.push({ block, data: data.slice(), at: now });
    return { epoch: this.epoch, next: this.firstMix, packet: new Uint8Array(1) };
  }
}
