/**
 * Runs an edge: the machine of packages/relay/src/edge with client links, relay links, the box
 * store, clock and disk.
 */
import { type ClientListener, listenClients } from '@tacet/adapters/link-ws';
import { hex, type Millis } from '@tacet/base';
import { wipe } from '@tacet/crypto';
import { encodeLinkProof, type RelayHash } from '@tacet/directory';
import {
  type BoxStore,
  EDGE_LIMITS,
  EdgeMachine,
  type EdgeObserver,
  type RelayEffect,
  runStoreCommand,
} from '@tacet/relay';
import { BroadcastReader, digestFrames } from '@tacet/wire';
import { overwriteFreed } from '../freed-memory.ts';
import { openStore } from './boxes.ts';
import type { Readiness, RelayConfig, Running } from './config/types.ts';
import { RelayCore, type Report } from './core.ts';
import { Evidence } from './evidence.ts';
import { StoreWatch } from './store-watch.ts';

type EdgeEffect = Exclude<RelayEffect, { kind: 'send' }>;

export async function runEdge(
  config: RelayConfig,
  report: Report,
  observer?: EdgeObserver,
  onLate?: (ms: Millis) => void,
): Promise<Running> {
  const core = new RelayCore(config, report, onLate);
  const edge = new Edge(core, new Evidence(config.data, report), observer);
  try {
    await edge.start();
  } catch (error) {
    await edge.stop();
    throw error;
  }
  return edge;
}

class Edge implements Running {
  readonly role = 'edge';
  private readonly core: RelayCore;
  private readonly evidence: Evidence;
  private readonly machine: EdgeMachine;
  private readonly readers = new Map<string, BroadcastReader>();
  private clientDoor: ClientListener | null = null;
  private store: BoxStore | null = null;
  private readonly storeWatch = new StoreWatch();
  private stopped: Promise<void> | null = null;

  constructor(core: RelayCore, evidence: Evidence, observer: EdgeObserver | undefined) {
    this.core = core;
    this.evidence = evidence;
    this.machine = new EdgeMachine({
      injector: core.injector,
      book: core.book,
      self: core.self,
      sign: core.keys.identity,
      rng: core.rng,
      joinSecret: core.config.card.joinSecret,
      limits: { ...EDGE_LIMITS, boxes: core.config.boxes.capacity },
      ...(observer === undefined ? {} : { observer }),
    });
  }

  async start(): Promise<void> {
    const { core, machine } = this;
    const { config } = core;
    this.store = await openStore(config, core.self);
    // Before anybody comes, and not earlier: under other flags of the engine a thread cannot use what
    // Node has compiled of itself, and the store's starts slower by a fifth.
    overwriteFreed();
    await core.start({
      machine,
      perform: (effect) => this.perform(effect),
      admit: () => true,
      onOpened: (opened, arrivedAt) => {
        machine.onOpened(opened, arrivedAt);
        return false;
      },
      pool: 0,
      onDigestPage: (from, page, now) => {
        for (const bytes of this.digests(from, page)) machine.onDigest(bytes, now);
        this.evidence.keep(machine.forks);
      },
      onDocument: (verified, now) => {
        machine.onDocument(verified, now);
        // Pieces of digests by edges that have gone are not waited for.
        for (const name of this.readers.keys()) {
          if (!verified.relayHashes.some((relay) => hex(relay) === name)) this.readers.delete(name);
        }
      },
      onLinkKey: (identity) => this.clientDoor?.setIdentity(identity),
      onCertificate: (certificate) =>
        machine.setProof(encodeLinkProof(core.keys.identity.publicKey, certificate)),
    });
    this.clientDoor = await listenClients({
      identity: core.keys.link,
      host: config.listenHost,
      port: config.clientPort,
      rng: core.rng,
      limits: { clients: config.maxClients, perPrefix: config.clientsPerAddress },
      onConnect: () => machine.greeting(),
      onHello: (link, hello) => {
        let welcome = null;
        core.input((now) => {
          welcome = machine.onHello(link, hello, now);
        });
        return welcome;
      },
      onUp: (link, frame) => core.input((now) => machine.onUp(link, frame, now)),
      onClosed: (link) => core.input((now) => machine.onLinkClosed(link, now)),
    });
  }

  ready(): Readiness {
    const core = this.core.ready();
    const { problem } = this.storeWatch;
    return problem === null ? core : { ...core, ready: false, missing: [...core.missing, problem] };
  }

  get operations() {
    return this.core.operations;
  }

  clients(): number {
    return (this.clientDoor?.connected ?? 0) / Math.max(1, this.core.config.maxClients);
  }

  counters(): Readonly<Record<string, number>> {
    return {
      ...this.machine.counters.snapshot(),
      ...prefixed('clients', this.clientDoor?.counters.snapshot()),
      ...this.core.linkCounters(),
      ...this.core.documentCounters(),
    };
  }

  stop(): Promise<void> {
    this.stopped ??= this.end();
    return this.stopped;
  }

  private async end(): Promise<void> {
    const { machine } = this;
    await this.clientDoor?.stop();
    await this.core.stop(
      () => machine.load.pool === 0 && machine.load.answers === 0 && this.storeWatch.pending === 0,
    );
    await this.store?.close();
  }

  private perform(effect: EdgeEffect): void {
    switch (effect.kind) {
      case 'down':
        this.clientDoor?.down(effect.link, effect.frame);
        return;
      case 'close':
        this.clientDoor?.close(effect.link, effect.reason === 'shutdown' ? 'shutdown' : 'policy');
        return;
      case 'hold':
        this.clientDoor?.hold(effect.link, effect.forMs);
        return;
      case 'digest':
        for (const frame of digestFrames(effect.digest)) this.core.sendFrame(effect.to, frame);
        return;
      case 'store':
        this.command(effect);
    }
  }

  private command({ token, command }: Extract<EdgeEffect, { kind: 'store' }>): void {
    if (this.store === null) return;
    const done = this.storeWatch.begin();
    runStoreCommand(this.store, command).then((result) => {
      done(result);
      // A store that failed may still hold it.
      if (command.kind === 'put' && result.kind === 'put') wipe(command.box.record);
      this.core.input((now) => this.machine.onStore(token, result, now));
    });
  }

  /** Whole digests that this page of another edge completes. */
  private digests(from: RelayHash, part: Uint8Array): Uint8Array[] {
    const name = hex(from);
    const reader = this.readers.get(name) ?? new BroadcastReader();
    this.readers.set(name, reader);
    return reader
      .take(part)
      .filter((item) => item.kind === 'digest')
      .map((item) => item.bytes);
  }
}

function prefixed(
  prefix: string,
  counts: Readonly<Record<string, number>> = {},
): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).map(([name, n]) => [`${prefix}-${name}`, n]));
}
