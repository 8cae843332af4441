/**
 * What mixes and edges have in common: keys, documents, descriptors, replay tags, links to other
 * relays, and the driver of the machine. The machine itself and what only one role has stand in
 * mix.ts and edge.ts.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { AuthorityClient } from '@tacet/adapters/directory-https';
import { type LinkIdentity, RelayLinks } from '@tacet/adapters/link-tls';
import { socksRoute } from '@tacet/adapters/socks';
import { Counters, equalBytes, hex, isAppError, type Millis, type Rng } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import {
  DocumentBook,
  epochAt,
  type LinkCertificate,
  type RelayHash,
  relayHashOf,
  relayIndex,
  type VerifiedDocument,
} from '@tacet/directory';
import {
  createPacketInjector,
  EpochReplayGuard,
  type EpochViews,
  type Opened,
  type PacketInjector,
} from '@tacet/onion';
import { EpochViewer, type Machine, type RelayEffect } from '@tacet/relay';
import { decodeRelayFrame, encodeRelayFrame, type RelayFrame } from '@tacet/wire';
import { RelayClock } from './clock.ts';
import type { Readiness, RelayConfig } from './config/types.ts';
import { settleDataFormat } from './data-format.ts';
import { DescriptorKeeper, type Measured, UNMEASURED } from './descriptors.ts';
import { DocumentFiles } from './document-files.ts';
import { DocumentKeeper } from './documents.ts';
import { MachineDriver } from './driver.ts';
import { EpochClock } from './epoch-clock.ts';
import { EpochVault } from './epoch-vault.ts';
import { privateFolder } from './files.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { type RelayKeys, readKeys } from './keys.ts';
import { LeaveFile } from './leave-file.ts';
import { LIMITS } from './limits.ts';
import { readNextLinkKey, takeUpNextLinkKey } from './link-key.ts';
import { OpeningDesk } from './opening/desk.ts';
import { EpochOpeners } from './opening/epochs.ts';
import { THREADS_MAX } from './opening/memory.ts';
import type { Operations } from './operations.ts';
import { relayStatus } from './relay-status.ts';
import { ReplayLog } from './replay-log.ts';
import { replayCapacity } from './resources/memory.ts';
import { edgeNames, peersOf } from './topology.ts';

/** Says something an operator should read. One line, no dates, nothing about users. */
export type Report = (line: string) => void;

export interface CoreParts {
  readonly machine: Machine<RelayEffect>;
  /** Everything but `send`, which the core carries out itself. */
  readonly perform: (effect: Exclude<RelayEffect, { kind: 'send' }>) => void;
  /** Asked for each packet before it is opened; false sheds it. */
  readonly admit: () => boolean;
  /** A packet from a mix, or from an edge to a mix. */
  readonly onOpened: (opened: Opened, arrivedAt: Millis) => boolean;
  /** Packets it may keep at a time. */
  readonly pool: number;
  /** A page of digests from an edge to an edge. */
  readonly onDigestPage: (from: RelayHash, page: Uint8Array, now: Millis) => void;
  readonly onDocument: (verified: VerifiedDocument, now: Millis) => void;
  readonly onCertificate: (certificate: LinkCertificate) => void;
  /** Links have another key from now on. */
  readonly onLinkKey?: (identity: LinkIdentity) => void;
  /** What the descriptor says of the last epoch and of leaving; asked once for each descriptor. */
  readonly measured?: () => Measured;
}

export type CoreCount = 'frame-malformed' | 'equivocation';

export class RelayCore {
  readonly clock = new RelayClock();
  readonly rng: Rng = systemRng;
  readonly counters = new Counters<CoreCount>();
  readonly config: RelayConfig;
  keys: RelayKeys;
  readonly self: RelayHash;
  readonly book: DocumentBook;
  private readonly documentFiles: DocumentFiles;
  private readonly leave: LeaveFile;
  private nextLink: LinkIdentity | null;
  private onLinkKey: (identity: LinkIdentity) => void = () => undefined;
  /** An edge's part of the onion that needs no secret. */
  readonly injector: PacketInjector;
  private readonly report: Report;
  private readonly lock: FolderLock;
  private readonly views: EpochViews;
  private readonly vault: EpochVault;
  private readonly guard: EpochReplayGuard;
  private readonly replay: ReplayLog;
  private readonly onLate: ((ms: Millis) => void) | null;
  /** When they were due. */
  private readonly leaving: Millis[] = [];
  private links: RelayLinks | null = null;
  private running: {
    readonly driver: MachineDriver<RelayEffect>;
    readonly documents: DocumentKeeper;
    readonly descriptors: DescriptorKeeper;
    readonly epochs: EpochClock;
    readonly openers: EpochOpeners;
    readonly desk: OpeningDesk;
  } | null = null;
  private edges: ReadonlySet<string> = new Set();
  private readonly outcomes: string[];
  private startedAt = 0;

  /**
   * Opens the data folder; nothing is on the network yet.
   * @param onLate told by how much a frame left after its moment; only where that is measured
   */
  constructor(config: RelayConfig, report: Report, onLate?: (ms: Millis) => void) {
    this.config = config;
    this.outcomes = config.authorities.map(() => 'not sent yet');
    this.report = report;
    this.onLate = onLate ?? null;
    const at = (name: string) => join(config.data, name);
    privateFolder(config.data);
    this.lock = lockFolder(config.data);
    try {
      settleDataFormat(config.data);
      this.documentFiles = new DocumentFiles(at('documents'));
      this.book = new DocumentBook(config.card);
      this.keys = readKeys(config.data);
      this.nextLink = readNextLinkKey(config.data);
      this.self = relayHashOf(this.keys.identity.publicKey);
      this.leave = new LeaveFile(config.data);
      const { book, self, rng } = this;
      const viewer = new EpochViewer({ book, self, schedule: config.schedule });
      const vault = new EpochVault(at('epochs'), () => viewer.schedule);
      this.vault = vault;
      vault.wipe(vault.expired(this.clock.now()));
      const capacity = replayCapacity(config.capacity, config.schedule);
      this.guard = new EpochReplayGuard({ capacity, rng, log: 'keep' });
      this.replay = new ReplayLog(at('replay'), this.guard, vault.stored());
      this.views = {
        lookup: (epoch, now) => (vault.has(epoch) ? viewer.lookup(epoch, now) : null),
      };
      this.injector = createPacketInjector(this.views);
    } catch (error) {
      this.lock.release();
      throw error;
    }
  }

  /** Opens the links and begins to work. */
  async start(parts: CoreParts): Promise<void> {
    const { config, clock, rng, book, vault } = this;
    const { machine, onCertificate } = parts;
    const layer = config.role === 'edge' ? 4 : config.layer;
    const desk = new OpeningDesk({
      layer,
      views: this.views,
      replay: this.guard,
      slots: parts.pool + LIMITS.openingSlots,
      highWater: LIMITS.openingHighWater,
      threads: (epoch) => openers.get(epoch),
      admit: parts.admit,
      onOpened: parts.onOpened,
      onHold: (hold) => this.links?.hold(hold),
    });
    const fail = (error: Error): void => {
      // Without its keys a relay is of no use, and a thread that died may have lost packets.
      queueMicrotask(() => {
        throw error;
      });
    };
    const openers = new EpochOpeners({
      role: config.role,
      layer,
      threads: openingThreads(config.capacity, availableParallelism()),
      slots: desk.memory,
      done: desk.done,
      seedFile: (epoch) => vault.seedFile(epoch),
      onFailure: fail,
    });
    const driver = new MachineDriver<RelayEffect>({
      machine,
      clock,
      perform: (effects) => this.perform(effects, parts.perform),
      gather: () => {
        desk.collect();
        return desk.inFlight > 0;
      },
    });
    clock.onStep = (by, now) => {
      driver.onClockStep(by, now);
      desk.onClockStep(by);
    };
    const epochs = new EpochClock({
      vault,
      openers,
      replay: this.replay,
      clock,
      onChange: () => {
        this.setPeers();
        this.takeUpLinkKey();
        driver.poke();
      },
      onFailure: fail,
    });
    await epochs.start();
    const socks = socksRoute(config.socks, rng);
    const clients = config.authorities.map((one) => new AuthorityClient({ ...one, socks }));
    this.startedAt = performance.now();
    this.onLinkKey = parts.onLinkKey ?? this.onLinkKey;
    this.links = await RelayLinks.open({
      identity: this.keys.link,
      host: config.listenHost,
      port: config.relayPort,
      rng,
      socks,
      onFrame: (from, bytes) => {
        const frame = this.decode(from, bytes);
        if (frame === null) return false;
        if (frame.kind === 'packet') {
          desk.take(frame.frame, clock.now());
          driver.expect();
        } else driver.input((now) => parts.onDigestPage(from, frame.part, now));
        return true;
      },
    });
    const documents = new DocumentKeeper({
      book,
      clients,
      files: this.documentFiles,
      clock,
      rng,
      onDocument: (verified) => {
        driver.input((now) => parts.onDocument(verified, now));
        epochs.refresh();
      },
      onEquivocation: () => {
        this.counters.add('equivocation');
        this.report('an authority signed two documents for one epoch; the second is refused');
      },
    });
    const descriptors = new DescriptorKeeper({
      identity: this.keys.identity,
      linkKeyHash: () => this.keys.link.keyHash,
      nextLinkKeyHash: () => this.nextLink?.keyHash ?? null,
      fixed: {
        identity: this.keys.identity.publicKey,
        role: config.role,
        layer: config.layer,
        family: config.family,
        country: config.country,
        relayAddress: config.relayAddress,
        clientAddress: config.clientAddress,
        capacity: config.capacity,
        sourceUrl: config.sourceUrl,
        sourceCommit: config.sourceCommit,
      },
      vault,
      clients,
      measured: () => ({
        ...(parts.measured?.() ?? UNMEASURED),
        leaving: this.leave.leaving,
      }),
      clock,
      rng,
      epochMs: () => (book.newest()?.document.parameters ?? config.schedule).epochMs,
      onCertificate,
      onOutcome: (code, authority) => this.onDescriptor(code, authority),
    });
    this.running = { driver, documents, descriptors, epochs, openers, desk };
    descriptors.start();
    documents.start();
  }

  /** Hands something to the machine. Nothing before `start` and after `stop`. */
  input(feed: (now: Millis) => void): void {
    this.running?.driver.input(feed);
  }

  get relayPort(): number {
    return this.links?.port ?? 0;
  }

  sendFrame(to: RelayHash, frame: RelayFrame): void {
    this.links?.send(to, encodeRelayFrame(frame, this.rng));
  }

  ready(): Readiness {
    const missing: string[] = [];
    const { parameters } = this.book.newest()?.document ?? {};
    const now = this.clock.now();
    const inForce = parameters && this.book.inForce(epochAt(parameters, now));
    if (!inForce) {
      missing.push(
        `no network document is in force (descriptor: ${[...new Set(this.outcomes)].join(', ')})`,
      );
    } else if (relayIndex(inForce, this.self) === null) {
      missing.push('this relay is not in the network document of now');
    }
    const links = this.links?.state;
    if (links !== undefined && links.up < links.wanted) {
      // A neighbour that stays away must not keep a relay from being of use.
      const settled = performance.now() - this.startedAt > LIMITS.linksSettleMs;
      if (!settled || links.sources === 0 || links.targets === 0) {
        missing.push(`${links.wanted - links.up} of ${links.wanted} links to relays are down`);
      }
    }
    const { authorities } = this.config.card;
    return { ready: missing.length === 0, missing, authorities: authorities.length };
  }

  linkCounters(): Readonly<Record<string, number>> {
    return {
      ...this.counters.snapshot(),
      ...this.running?.desk.counters.snapshot(),
      ...this.links?.counters.snapshot(),
    };
  }

  documentCounters(): Readonly<Record<string, number>> {
    return this.running?.documents.counters.snapshot() ?? {};
  }

  /** @param idle true when the machine holds nothing more that wants to leave */
  async stop(idle: () => boolean): Promise<void> {
    const { running } = this;
    if (running === null) {
      this.lock.release();
      return;
    }
    running.documents.stop();
    running.descriptors.stop();
    this.links?.stopReceiving();
    const end = performance.now() + LIMITS.drainMs;
    while (!idle() && performance.now() < end) await new Promise((done) => setTimeout(done, 5));
    await running.epochs.stop();
    await running.openers.stop();
    running.driver.stop();
    this.running = null;
    await this.links?.close();
    this.replay.stop();
    this.lock.release();
  }

  /** What an operator may ask while it runs. */
  readonly operations: Operations = {
    status: () =>
      relayStatus({
        config: this.config,
        self: this.self,
        book: this.book,
        now: this.clock.now(),
        leaving: this.leave.leaving,
        descriptor: this.outcomes,
        links: this.links?.state ?? null,
        linkNotAfter: this.running?.descriptors.linkNotAfter ?? null,
        newLinkKey: this.nextLink !== null,
      }),
    leave: (leaving) => {
      if (leaving === this.leave.leaving) return;
      this.leave.set(leaving);
      this.running?.descriptors.renew();
    },
    reload: () => {
      this.nextLink = readNextLinkKey(this.config.data);
      this.running?.descriptors.renew();
    },
  };

  /** The next link key is taken up as soon as the document in force names it. */
  private takeUpLinkKey(): void {
    const next = this.nextLink;
    const { parameters } = this.book.newest()?.document ?? {};
    if (next === null || parameters === undefined) return;
    const verified = this.book.inForce(epochAt(parameters, this.clock.now()));
    const own = verified?.document.relays[relayIndex(verified, this.self) ?? -1];
    if (own === undefined || !equalBytes(own.link.keyHash, next.keyHash)) return;
    takeUpNextLinkKey(this.config.data);
    this.nextLink = null;
    this.keys = { ...this.keys, link: next };
    this.links?.setIdentity(next);
    this.onLinkKey(next);
    this.running?.descriptors.certify();
  }

  private perform(effects: readonly RelayEffect[], other: CoreParts['perform']): void {
    // What leaves now must not be accepted again after a crash.
    this.replay.flush();
    for (const effect of effects) {
      if (effect.kind === 'send') this.send(effect);
      else other(effect);
    }
    if (this.onLate === null) return;
    for (const effect of effects) if (effect.kind === 'down') this.leaves(effect.due);
  }

  private send({ to, packet, due }: Extract<RelayEffect, { kind: 'send' }>): void {
    const desk = this.running?.desk;
    this.links?.send(to, packet, () => {
      desk?.release(packet);
      this.leaves(due);
    });
  }

  /** Where lateness is measured: what is written by the end of this turn is told of after that. */
  private leaves(due: Millis | undefined): void {
    const { onLate, leaving } = this;
    if (onLate === null || due === undefined) return;
    leaving.push(due);
    if (leaving.length > 1) return;
    process.nextTick(() => {
      const now = this.clock.now();
      for (const due of leaving.splice(0)) onLate(now - due);
    });
  }

  /** Null closes the link: edges send edges pages of digests, everybody else sends packets. */
  private decode(from: RelayHash, bytes: Uint8Array): RelayFrame | null {
    try {
      const frame = decodeRelayFrame(bytes);
      const between = this.config.role === 'edge' && this.edges.has(hex(from));
      if ((frame.kind === 'digest') === between) return frame;
    } catch (error) {
      if (!isAppError(error)) throw error;
    }
    this.counters.add('frame-malformed');
    return null;
  }

  private setPeers(): void {
    const { parameters } = this.book.newest()?.document ?? {};
    if (parameters === undefined) return;
    const epoch = epochAt(parameters, this.clock.now());
    const counting = new Set([this.book.newest()]);
    for (const e of [epoch + 1, epoch, epoch - 1]) counting.add(this.book.inForce(e));
    const documents = [...counting].filter((verified) => verified !== null);
    this.edges = edgeNames(documents);
    this.links?.setPeers(peersOf(this.self, documents, this.config.reach));
  }

  private onDescriptor(code: string, authority: number): void {
    if (code === this.outcomes[authority]) return;
    this.outcomes[authority] = code;
    if (code.startsWith('descriptor-') || code === 'malformed') {
      this.report(`an authority refuses this relay's descriptor (${code}); trying again`);
    }
  }
}

/** One thread for each part of the declared rate that one can do, if there are cores for them. */
function openingThreads(capacity: number, cores: number): number {
  return Math.max(1, Math.min(cores, THREADS_MAX, Math.ceil(capacity / LIMITS.packetsPerThread)));
}
