/**
 * All links of one relay to other relays (docs/spec/03-links.md): frames of one size over mutually
 * authenticated TLS, dialled by the receiver. Knows keys by hash; who may speak to whom is the
 * caller's matter.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { AppError, Counters, hex, type Rng } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import type { SocksRoute } from '../socks/index.ts';
import { type LinkIdentity, peerKeyHash } from '../tls/certificate.ts';
import { listenOn } from '../tls/listen.ts';
import { LINK_TLS } from '../tls/options.ts';
import { LIMITS, type RelayLimits } from './limits.ts';
import { ReceivingLink } from './receiving.ts';
import { SendingLink } from './sending.ts';

export interface Peer {
  readonly relay: RelayHash;
  /** Hashes of the link keys documents name for it. */
  readonly keyHashes: readonly Uint8Array[];
}

export interface Peers {
  /** Relays we receive from: dialled. */
  readonly sources: readonly (Peer & { readonly address: string })[];
  /** Relays we send to: they dial us. */
  readonly targets: readonly Peer[];
}

export interface RelayLinksOptions {
  readonly identity: LinkIdentity;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Jitter only. */
  readonly rng: Rng;
  /** Every dialled link goes through it; null: directly. */
  readonly socks: SocksRoute | null;
  /**
   * `frame` is a view, valid during the call only. False: it was malformed, or has no place on
   * this link, which is then closed and dialled again.
   */
  readonly onFrame: (from: RelayHash, frame: Uint8Array) => boolean;
  /** Instead of those of docs/limits.md. */
  readonly limits?: Partial<RelayLimits>;
}

export interface LinkState {
  readonly up: number;
  readonly wanted: number;
  readonly sources: number;
  readonly targets: number;
}

const NOTHING = (): void => undefined;

export type RelayLinkCount =
  | 'links-up'
  | 'links-down'
  | 'links-stranger'
  | 'frames-in'
  | 'frames-out'
  | 'frames-overflow'
  | 'frames-expired'
  | 'frames-no-peer';

export class RelayLinks {
  readonly counters = new Counters<RelayLinkCount>();
  private readonly options: RelayLinksOptions;
  private readonly limits: RelayLimits;
  private identity: LinkIdentity;
  private readonly server: Server;
  private readonly sources = new Map<string, ReceivingLink>();
  private readonly targets = new Map<string, SendingLink>();
  /** Key hash to the relay that may show it. */
  private names = new Map<string, string>();
  private readonly hexOf = new WeakMap<RelayHash, string>();
  private receiving = true;
  private held = false;
  private closed = false;

  /** Listens; rejects with `port-in-use`, `port-refused` or `address-unknown`. */
  static async open(options: RelayLinksOptions): Promise<RelayLinks> {
    const links = new RelayLinks(options);
    await listenOn(links.server, options.host, options.port);
    return links;
  }

  private constructor(options: RelayLinksOptions) {
    this.options = options;
    this.limits = { ...LIMITS, ...options.limits };
    this.identity = options.identity;
    const { identity } = options;
    this.server = createServer(
      {
        ...LINK_TLS,
        key: identity.keyPem,
        cert: identity.certPem,
        requestCert: true,
        rejectUnauthorized: false,
        handshakeTimeout: this.limits.handshakeMs,
      },
      (socket) => this.accept(socket),
    );
    this.server.maxConnections = this.limits.connections;
    // After its handshake timed out node:tls leaves a socket open, and in its place.
    this.server.on('tlsClientError', (_error, socket) => socket.destroy());
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Links that stand, of those that should; and how many of them in each direction. */
  get state(): LinkState {
    const isUp = (link: { readonly up: boolean }) => link.up;
    const sources = [...this.sources.values()].filter(isUp).length;
    const targets = [...this.targets.values()].filter(isUp).length;
    const wanted = this.sources.size + this.targets.size;
    return { up: sources + targets, wanted, sources, targets };
  }

  /** Replaces the set of peers; links of those who stay are not touched. */
  setPeers(peers: Peers): void {
    this.names = new Map();
    const targets = new Set<string>();
    for (const { relay, keyHashes } of peers.targets) {
      const name = hex(relay);
      targets.add(name);
      for (const hash of keyHashes) this.names.set(hex(hash), name);
      if (!this.targets.has(name)) {
        const lost = (loss: 'overflow' | 'expired', frames: number) =>
          this.counters.add(`frames-${loss}`, frames);
        this.targets.set(name, new SendingLink(lost, this.limits.stuckMs));
      }
    }
    for (const [name, link] of this.targets) {
      if (targets.has(name)) continue;
      link.close();
      this.targets.delete(name);
    }
    const sources = new Set<string>();
    for (const source of this.receiving ? peers.sources : []) {
      const name = hex(source.relay);
      sources.add(name);
      const link = this.sources.get(name);
      if (link !== undefined) link.update(source.address, source.keyHashes);
      else this.sources.set(name, this.receiveFrom(source));
    }
    for (const [name, link] of this.sources) {
      if (sources.has(name)) continue;
      link.stop();
      this.sources.delete(name);
    }
  }

  /** New handshakes show this key; links that stand are not touched. */
  setIdentity(identity: LinkIdentity): void {
    this.identity = identity;
    this.server.setSecureContext({ ...LINK_TLS, key: identity.keyPem, cert: identity.certPem });
  }

  /**
   * Never blocks; a frame for a relay that is no target is dropped and counted.
   * @param done called once, when the bytes of `frame` are not needed any more, sent or not
   */
  send(to: RelayHash, frame: Uint8Array, done: () => void = NOTHING): void {
    if (frame.length !== LIMITS.frame)
      throw new AppError('frame-length', 'bug', 'a frame of another size');
    const link = this.target(to);
    if (link === undefined) {
      this.counters.add('frames-no-peer');
      done();
      return;
    }
    this.counters.add('frames-out');
    link.send(frame, done);
  }

  private target(to: RelayHash): SendingLink | undefined {
    // Callers hold one array for each relay and send thousands of frames by it.
    let name = this.hexOf.get(to);
    if (name === undefined) {
      name = hex(to);
      this.hexOf.set(to, name);
    }
    return this.targets.get(name);
  }

  /** True: links are not read until it is called with false; their senders feel it. */
  hold(hold: boolean): void {
    this.held = hold;
    for (const link of this.sources.values()) link.pause(hold);
  }

  /** Takes nothing more; what was taken can still be sent. */
  stopReceiving(): void {
    for (const link of this.sources.values()) link.stop();
    this.sources.clear();
    this.receiving = false;
  }

  /** Gives frames on their way a moment, then closes every socket. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.stopReceiving();
    const end = performance.now() + LIMITS.drainMs;
    while ([...this.targets.values()].some((link) => link.up && link.waiting > 0)) {
      if (performance.now() > end) break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    for (const link of this.targets.values()) link.close();
    if (!this.server.listening) return;
    this.server.close();
    await once(this.server, 'close');
  }

  private accept(socket: TLSSocket): void {
    socket.on('error', () => undefined);
    const shown = peerKeyHash(socket);
    const name = shown === null ? undefined : this.names.get(hex(shown));
    const link = name === undefined ? undefined : this.targets.get(name);
    if (link === undefined || this.closed) {
      this.counters.add('links-stranger');
      socket.destroy();
      return;
    }
    this.counters.add('links-up');
    socket.once('close', () => this.counters.add('links-down'));
    link.attach(socket);
  }

  private receiveFrom(source: Peers['sources'][number]): ReceivingLink {
    const { rng, socks, onFrame } = this.options;
    return new ReceivingLink({
      identity: () => this.identity,
      rng,
      socks,
      held: this.held,
      handshakeMs: this.limits.handshakeMs,
      address: source.address,
      keyHashes: source.keyHashes,
      onFrame: (frame) => {
        this.counters.add('frames-in');
        return onFrame(source.relay, frame);
      },
      onState: (state) => this.counters.add(`links-${state}`),
    });
  }
}
