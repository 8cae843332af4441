/**
 * The doors themselves, over real sockets on loopback: an edge's door for clients and a relay's
 * links. Peers that speak no TLS, no WebSocket, no frames; that are slow, silent, too many, too
 * fast or too large. What is delivered is a scene of a few connections; what counts as inputs are
 * the connections without manners and, on links that stand, the frames. Each turn plays every scene
 * once; most of a long run is streams between turns: frames as fast as sockets take them, each with
 * a body and a prefix of its own that the door has to pass on whole, the last one of a link malformed.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientListener, listenClients } from '@tacet/adapters/link-ws';
import type { Rng } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import { encodeUp } from '@tacet/wire';
import { addCounts, Noise } from '../mutate.ts';
import type { Input, Role, RoleKind, RoleOptions } from '../types.ts';
import { clientScenes } from './link-clients.ts';
import { HELLO, linkIdentity, sessionOf } from './link-peers.ts';
import { relayScenes } from './link-relays.ts';
import { streamScenes } from './link-streams.ts';

const LIMITS = {
  clients: 6,
  perPrefix: 4,
  halfOpen: 8,
  halfOpenGraceMs: 500,
  line: 4,
  lineMs: 500,
  handshakeMs: 1_000,
  pauseMs: 1,
  silenceMs: 1_000,
};
/** Streams between two turns, and frames of one: in the long form 2,000, some 100 ms. */
const STREAMS = 8;
const STREAM_FRAMES = [10, 2_000] as const;

export const link: RoleKind = {
  name: 'link',
  reasons: [
    'refused-request',
    'refused-hello',
    'refused-greeting',
    'refused-full',
    'refused-line',
    'closed-half-open',
    'closed-late',
    'closed-form',
    'closed-slow',
    'closed-silent',
    'held',
    'links-stranger',
    'frame-malformed',
  ],
  beyond: {
    'closed-line':
      'handshakes that go on for longer than a newcomer waits; packages/adapters/test/link-ws/hostile.test.ts',
    'refused-prefix':
      'loopback is not counted; packages/adapters/test/link-ws/prefix-links.test.ts',
    'frames-overflow': 'frames of our own that nobody takes; packages/adapters/test/link-tls',
    'frames-expired': 'the same',
    'frames-no-peer': 'the same',
  },
  events: {
    connections: 'connections opened here',
    'frames-hostile': 'frames written here on links that stand',
    'frames-in': 'frames doors passed on',
    'frames-out': 'frames of a door to its clients',
    'links-up': 'links of a relay that came to stand',
    'links-down': 'links of a relay that ended',
  },
  make: (options) => LinkRole.create(options),
};

export class LinkRole implements Role {
  readonly rng: Rng;
  readonly noise: Noise;
  /** Links whose hello was accepted. */
  readonly links = new Set<number>();
  /** The machine behind the door admits nobody. */
  shy = false;
  /** Frames up that reached the machine. */
  ups = 0;
  hellos = 0;
  /** The machine behind the door does not hold links that send too fast. */
  eager = false;
  readonly streamFrames: number;
  readonly around = new Map<string, number>();
  private readonly turn: readonly Scene[];
  private at = 0;
  private door: ClientListener | null = null;

  static async create({ seed, count }: RoleOptions): Promise<LinkRole> {
    const role = new LinkRole(seededRng(`fuzz link ${seed}`), count > 200_000);
    await role.open();
    return role;
  }

  private constructor(rng: Rng, large: boolean) {
    this.rng = rng;
    this.noise = new Noise(rng);
    this.streamFrames = STREAM_FRAMES[large ? 1 : 0];
    const streams = Array.from({ length: large ? STREAMS : 1 }, () => streamScenes(this));
    this.turn = [...streams.flat(), ...clientScenes(this), ...relayScenes(this)];
  }

  get listener(): ClientListener {
    assert.ok(this.door);
    return this.door;
  }

  get port(): number {
    return this.listener.port;
  }

  /** Each in turn. */
  next(): Input {
    const scene = this.turn[this.at++ % this.turn.length];
    assert.ok(scene);
    const { kind, silent, play } = scene;
    return {
      kind,
      silent,
      deliver: async () => {
        const before = this.ups + this.hellos;
        await play();
        await this.quiet();
        return this.ups + this.hellos - before;
      },
    };
  }

  inputs(): number {
    return (this.around.get('connections') ?? 0) + (this.around.get('frames-hostile') ?? 0);
  }

  rest(): void {
    assert.ok(this.listener.connected <= LIMITS.clients, 'clients are bounded');
    assert.ok(
      this.listener.waiting <= LIMITS.halfOpen + LIMITS.line,
      'half-open connections are bounded',
    );
  }

  count(name: string, by = 1): void {
    this.around.set(name, (this.around.get(name) ?? 0) + by);
  }

  counts() {
    const all = new Map(this.around);
    addCounts(all, this.listener.counters.snapshot());
    return Object.fromEntries(all);
  }

  lateReplies(): number {
    return 0;
  }

  async check(): Promise<void> {
    const peer = await sessionOf(this.port, this.rng);
    assert.ok(peer, 'an honest client is let in');
    const before = this.ups;
    const frame = new Uint8Array(12_288);
    frame[0] = 1;
    peer.unit(encodeUp({ kind: 'packet', frame }, this.rng));
    for (let i = 0; i < 100 && this.ups === before; i++) await pause(10);
    assert.equal(this.ups, before + 1, 'an honest client is heard');
    peer.socket.destroy();
    await once(peer.socket, 'close');
    await this.quiet();
  }

  close(): Promise<void> {
    return this.listener.stop();
  }

  private async open(): Promise<void> {
    this.door = await listenClients({
      identity: linkIdentity(),
      host: '127.0.0.1',
      port: 0,
      rng: this.rng,
      limits: LIMITS,
      onConnect: () => (this.shy ? null : { proof: new Uint8Array(3_000) }),
      onHello: (id, hello) => {
        if (hello.joinSecret[0] !== HELLO.joinSecret[0]) return null;
        this.hellos += 1;
        this.links.add(id);
        return { handle: new Uint8Array(8).fill(1), now: 1 };
      },
      onUp: (id) => {
        this.ups += 1;
        if (!this.eager) this.listener.hold(id, 20);
      },
      onClosed: (id) => this.links.delete(id),
    });
  }

  /** Until everybody of the last scene is gone. */
  private async quiet(): Promise<void> {
    for (let i = 0; this.listener.connected + this.listener.waiting > 0; i++) {
      assert.ok(i < 2_000, 'connections end');
      await pause(2);
    }
  }
}

export interface Scene {
  readonly kind: string;
  /** True: the machine behind the door hears nothing of it. */
  readonly silent: boolean;
  readonly play: () => Promise<void>;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
