/**
 * Real machines, real onion and real codecs over links of one millisecond, in virtual time: what
 * a relay's host does with sockets and timers, without either.
 */
import { DeadlineHeap, equalBytes, hex, type Millis } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import type { DocumentBook, RelayHash } from '@tacet/directory';
import {
  createLoopBuilder,
  createPacketOpener,
  EpochReplayGuard,
  type PacketOpener,
} from '@tacet/onion';
import {
  EdgeMachine,
  type EdgeOptions,
  type LinkHandle,
  MixMachine,
  type RelayEffect,
  type StoreCommand,
} from '@tacet/relay';
import { MemoryBoxes } from '@tacet/relay/acceptance/memory-boxes';
import { epochKeys, type TestNetwork, type TestRelay } from '@tacet/testkit';
import {
  BroadcastReader,
  type DownFrame,
  decodeDown,
  decodeRelayFrame,
  digestFrames,
  encodeDown,
  encodeRelayFrame,
} from '@tacet/wire';

const LATENCY = 1;

export interface EdgeNode {
  readonly relay: TestRelay;
  readonly machine: EdgeMachine;
  readonly opener: PacketOpener;
  readonly boxes: MemoryBoxes;
  readonly book: DocumentBook;
  /** Bytes of digests by sender, put together. */
  readonly readers: Map<string, BroadcastReader>;
  readonly down: Map<LinkHandle, (frame: DownFrame, now: Millis) => void>;
  readonly closed: { link: LinkHandle; reason: string }[];
  readonly commands: StoreCommand[];
  /** How long the store takes; tests make it slow. */
  storeMs: Millis;
}

export interface MixNode {
  readonly relay: TestRelay;
  readonly machine: MixMachine;
  readonly opener: PacketOpener;
  readonly book: DocumentBook;
}

/** One frame on a link between relays, for tests that watch. */
export interface Seen {
  readonly at: Millis;
  readonly from: RelayHash;
  readonly to: RelayHash;
  readonly bytes: Uint8Array;
}

export class VirtualNetwork {
  now: Millis;
  readonly network: TestNetwork;
  readonly mixes: MixNode[];
  readonly edges: EdgeNode[];
  readonly seen: Seen[] = [];
  private readonly events = new DeadlineHeap<() => void>();

  /**
   * @param loops whether mixes make loops. Most of these tests count what single packets do; there
   * mixes bear a name that stands in no document, so that no path leads through them.
   */
  constructor(
    network: TestNetwork,
    now: Millis,
    edgeOptions: Partial<EdgeOptions> = {},
    loops = false,
  ) {
    this.network = network;
    this.now = now;
    this.mixes = network.mixes.map((relay) => {
      const { book, opener } = this.core(relay);
      const layer = relay.layer as 1 | 2 | 3;
      const builder = createLoopBuilder(systemRng);
      const self = loops ? relay.hash : (new Uint8Array(32) as RelayHash);
      const machine = new MixMachine({ book, layer, self, rng: systemRng, builder });
      return { relay, book, opener, machine };
    });
    this.edges = network.edges.map((relay) => {
      const { book, opener } = this.core(relay);
      const machine = new EdgeMachine({
        injector: opener,
        book,
        self: relay.hash,
        sign: relay.identity,
        rng: systemRng,
        joinSecret: network.card.joinSecret,
        ...edgeOptions,
      });
      return {
        relay,
        book,
        machine,
        opener,
        boxes: new MemoryBoxes(),
        readers: new Map(),
        down: new Map(),
        closed: [],
        commands: [],
        storeMs: 0,
      };
    });
    for (const { machine } of this.edges) machine.onDocument(network.verified, now);
  }

  /** Runs `what` at `at`, before machines that are due at the same moment. */
  at(at: Millis, what: () => void): void {
    this.events.push(at, what);
  }

  run(until: Millis): void {
    for (;;) {
      const next = this.nextAt();
      if (next > until) break;
      this.now = Math.max(this.now, next);
      for (let event = this.events.popDue(this.now); event; event = this.events.popDue(this.now)) {
        event();
      }
      for (const node of [...this.mixes, ...this.edges]) {
        const { machine } = node;
        if ((machine.deadline() ?? Infinity) <= this.now) machine.advance(this.now);
        for (const effect of machine.drain()) this.apply(node, effect);
      }
    }
    this.now = until;
  }

  private nextAt(): Millis {
    let at = this.events.nextAt ?? Infinity;
    for (const { machine } of [...this.mixes, ...this.edges]) {
      at = Math.min(at, machine.deadline() ?? Infinity);
    }
    return at;
  }

  private core(relay: TestRelay) {
    const { network } = this;
    const book = network.book();
    const opener = createPacketOpener({
      keys: epochKeys(relay, { book, schedule: network.parameters }),
      replay: new EpochReplayGuard({ capacity: 100_000, rng: systemRng, log: 'none' }),
      rng: systemRng,
      role: relay.role,
      layer: relay.role === 'edge' ? 4 : relay.layer,
    });
    return { book, opener };
  }

  private apply(from: MixNode | EdgeNode, effect: RelayEffect): void {
    switch (effect.kind) {
      case 'send': {
        const bytes = encodeRelayFrame({ kind: 'packet', frame: effect.packet }, systemRng);
        this.seen.push({ at: this.now, from: from.relay.hash, to: effect.to, bytes });
        this.at(this.now + LATENCY, () => this.receive(from, effect.to, bytes));
        return;
      }
      case 'digest':
        for (const frame of digestFrames(effect.digest)) {
          const bytes = encodeRelayFrame(frame, systemRng);
          this.seen.push({ at: this.now, from: from.relay.hash, to: effect.to, bytes });
          this.at(this.now + LATENCY, () => this.receive(from, effect.to, bytes));
        }
        return;
      case 'down': {
        const frame = encodeDown(effect.frame, systemRng);
        this.edge(from).down.get(effect.link)?.(decodeDown(frame), this.now);
        return;
      }
      case 'store': {
        const edge = this.edge(from);
        edge.commands.push(effect.command);
        const result = edge.boxes.execute(effect.command);
        this.at(this.now + edge.storeMs, () => {
          edge.machine.onStore(effect.token, result, this.now);
        });
        return;
      }
      case 'close':
        this.edge(from).closed.push({ link: effect.link, reason: effect.reason });
    }
  }

  private receive(from: MixNode | EdgeNode, to: RelayHash, bytes: Uint8Array): void {
    const node = [...this.mixes, ...this.edges].find((one) => equalBytes(one.relay.hash, to));
    if (node === undefined) throw new RangeError('a packet for nobody');
    const frame = decodeRelayFrame(bytes);
    if (frame.kind === 'packet') {
      const { machine, opener } = node;
      if (machine instanceof MixMachine && !machine.admit()) return;
      machine.onOpened(opener.open(frame.frame, this.now), this.now);
      return;
    }
    const edge = this.edge(node);
    const sender = hex(from.relay.hash);
    const reader = edge.readers.get(sender) ?? new BroadcastReader();
    edge.readers.set(sender, reader);
    for (const item of reader.take(frame.part)) edge.machine.onDigest(item.bytes, this.now);
  }

  private edge(node: MixNode | EdgeNode): EdgeNode {
    if (!('boxes' in node)) throw new RangeError('a mix did what only edges do');
    return node;
  }
}
