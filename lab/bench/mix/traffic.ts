/** The neighbours of the mix: links that send prepared packets, and links that count what comes. */

import { RelayLinks } from '@tacet/adapters/link-tls';
import { randomExponential } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import type { RelayHash } from '@tacet/directory';
import type { Packets } from './packets.ts';
import type { Neighbour, Stage } from './stage.ts';

/** Frames that one sending link is given before the system has taken earlier ones. */
const AHEAD = 64;

export interface Range {
  readonly from: number;
  readonly to: number;
}

const step = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

export class Traffic {
  /** Frames that came out of the mix. */
  received = 0;
  private readonly mix: RelayHash;
  private readonly packets: Packets;
  private readonly senders: RelayLinks[];
  private readonly sinks: RelayLinks[];

  static async open(stage: Stage, packets: Packets): Promise<Traffic> {
    const open = (neighbour: Neighbour): Promise<RelayLinks> =>
      RelayLinks.open({
        socks: null,
        identity: neighbour.link,
        host: '127.0.0.1',
        port: neighbour.port,
        rng: systemRng,
        onFrame: () => {
          traffic.received += 1;
          return true;
        },
      });
    const senders = await Promise.all(stage.edges.map(open));
    const sinks = await Promise.all(stage.seconds.map(open));
    const { hash, link, port } = stage.mix;
    const peer = { relay: hash, keyHashes: [link.keyHash] };
    for (const links of senders) links.setPeers({ sources: [], targets: [peer] });
    for (const links of sinks) {
      links.setPeers({ sources: [{ ...peer, address: `127.0.0.1:${port}` }], targets: [] });
    }
    const traffic = new Traffic(stage.mix.hash, packets, senders, sinks);
    return traffic;
  }

  private constructor(
    mix: RelayHash,
    packets: Packets,
    senders: RelayLinks[],
    sinks: RelayLinks[],
  ) {
    this.mix = mix;
    this.packets = packets;
    this.senders = senders;
    this.sinks = sinks;
  }

  async ready(): Promise<void> {
    while (![...this.senders, ...this.sinks].every((links) => links.state.up === 1)) await step();
  }

  /**
   * As fast as the mix takes them, until all are out. Resolves with the rate, from the first that
   * goes in to the last but a hundredth that comes out. Meant for packets with brief delays.
   */
  async flood({ from, to }: Range): Promise<number> {
    const start = performance.now();
    let next = from;
    let taken = 0;
    const feed = (links: RelayLinks): void => {
      if (next >= to) return;
      links.send(this.mix, this.packets.at(next), () => {
        taken += 1;
        feed(links);
      });
      next += 1;
    };
    for (const links of this.senders) for (let i = 0; i < AHEAD; i++) feed(links);
    const count = to - from;
    const base = this.received;
    // The last few wait for their delays, not for the mix.
    const most = Math.floor(0.99 * count);
    await this.drained(base + most);
    const seconds = (performance.now() - start) / 1_000;
    await this.drained(base + count);
    if (taken < count) throw new RangeError('links did not take all packets');
    return most / seconds;
  }

  /** At that rate, Poisson, whatever the mix does. `again` sends packets anew when they run out. */
  async offer({ from, to }: Range, rate: number, again = 0): Promise<void> {
    const start = performance.now();
    const count = (to - from) * (1 + again);
    let due = 0;
    for (let sent = 0; sent < count; ) {
      const now = performance.now() - start;
      for (; due <= now && sent < count; sent++) {
        const links = this.senders[sent % this.senders.length];
        links?.send(this.mix, this.packets.at(from + (sent % (to - from))));
        due += randomExponential(systemRng, 1_000 / rate);
      }
      await step();
    }
  }

  /** Waits until so many have come out, or nothing comes for a while; says how many have. */
  async drained(expected: number, quietMs = 3_000): Promise<number> {
    let last = this.received;
    let since = performance.now();
    while (this.received < expected && performance.now() - since < quietMs) {
      await step();
      if (this.received === last) continue;
      last = this.received;
      since = performance.now();
    }
    return this.received;
  }

  lost(): number {
    const of = (name: 'frames-overflow' | 'frames-expired'): number =>
      this.senders.reduce((sum, links) => sum + links.counters.get(name), 0);
    return of('frames-overflow') + of('frames-expired');
  }

  async close(): Promise<void> {
    await Promise.all([...this.senders, ...this.sinks].map((links) => links.close()));
  }
}
