/** Takes a client's packet through real openers to its edge, and an answer of any kind back. */
import type { Millis, Rng } from '@tacet/base';
import type { Injection } from '@tacet/onion';
import type { TestNetwork } from '@tacet/testkit';
import type { DownFrame } from '@tacet/wire';
import { OpenerNode } from './node.ts';

export class Walk {
  private readonly nodes: readonly OpenerNode[];

  constructor(network: TestNetwork, rng: Rng) {
    this.nodes = network.relays.map((relay) => new OpenerNode(network, relay, rng));
  }

  /** The frame down that brings `data`, or null: filler, a loop, or a packet of another epoch. */
  answer(frame: Uint8Array, data: Uint8Array, now: Millis): DownFrame['reply'] {
    const entry = this.nodes[0]?.opener.enter(frame, now);
    const asked = entry === undefined || 'drop' in entry ? null : this.through(entry, now);
    if (asked?.kind !== 'request' || asked.block === null) return null;
    const back = this.nodes[0]?.opener.reply(asked.block, data, now) ?? null;
    const reply = back === null ? null : this.through(back, now);
    return reply?.kind === 'reply' ? { replyId: reply.replyId, payload: reply.payload } : null;
  }

  private through(from: Injection, now: Millis) {
    let { next, packet } = from;
    for (;;) {
      const node = this.nodes[next];
      const opened = node?.opener.open(packet, now);
      node?.refresh();
      if (opened?.kind !== 'forward') return opened ?? null;
      ({ next, packet } = opened);
    }
  }
}
