/**
 * An edge (docs/spec/03-links.md, 04-mixing.md, 05-boxes.md): front door of clients, store of
 * boxes, author of digests. This file only says which part hears what; each part stands in a
 * file of its own. Knows no sockets, no addresses and no clock of its own.
 */
import { Counters, DeadlineHeap, type Millis, type Rng, randomExponential } from '@tacet/base';
import { delayCapMs, epochAt, type RelayHash, type VerifiedDocument } from '@tacet/directory';
import type { Injection, Opened, PacketInjector } from '@tacet/onion';
import {
  type DigestSigner,
  type DigestVerifier,
  type Greeting,
  type Hello,
  type UpFrame,
  verifyDigest,
  type Welcome,
} from '@tacet/wire';
import { type Documents, nextRelay } from '../documents.ts';
import { EDGE_LIMITS, type EdgeLimits } from '../limits.ts';
import type { LinkHandle, Machine, RelayEffect, StoreResult } from '../ports.ts';
import { SteadyTime } from '../steady-time.ts';
import { BoxDesk } from './box-desk.ts';
import type { EdgeCounter } from './counters.ts';
import type { Fork } from './digest-peers.ts';
import { FrontDoor } from './front-door.ts';
import type { EdgeObserver } from './observer.ts';
import { Publisher } from './publisher.ts';
import { RECORD_CHECKS, type RecordChecks } from './record-checks.ts';
import { Outgoing } from './ticket.ts';

export interface EdgeOptions {
  /** Takes clients' frames in and fills reply blocks; opening is the host's. */
  readonly injector: PacketInjector;
  readonly book: Documents;
  readonly self: RelayHash;
  /** This relay's identity: digests carry its Ed25519 signature. */
  readonly sign: DigestSigner;
  readonly rng: Rng;
  /** 16 bytes, or empty in an open network. */
  readonly joinSecret: Uint8Array;
  /** What `greeting` shows of the link key. */
  readonly proof?: Uint8Array;
  readonly limits?: EdgeLimits;
  /** Fills the unused bytes of answers; `rng` unless a simulation has something cheaper. */
  readonly noise?: Rng;
  readonly verifyDigest?: DigestVerifier;
  /** Given where edges share a process: both homes of a box check the same bytes. */
  readonly recordChecks?: RecordChecks;
  readonly observer?: EdgeObserver;
}

const NOTHING: readonly RelayEffect[] = [];

export class EdgeMachine implements Machine<RelayEffect> {
  readonly counters = new Counters<EdgeCounter>();
  private readonly options: EdgeOptions;
  private readonly limits: EdgeLimits;
  private readonly noise: Rng;
  /** All waiting goes by steady time; days, epochs and digest numbers by the wall clock. */
  private readonly time = new SteadyTime();
  private readonly pool = new DeadlineHeap<RelayEffect>();
  private readonly outgoing = new Outgoing();
  private readonly door: FrontDoor;
  private readonly boxes: BoxDesk;
  private readonly publisher: Publisher;
  private current: VerifiedDocument | null = null;
  private newest: VerifiedDocument | null = null;
  private effects: RelayEffect[] = [];

  constructor(options: EdgeOptions) {
    this.options = options;
    this.limits = options.limits ?? EDGE_LIMITS;
    this.noise = options.noise ?? options.rng;
    const { book, self, sign, rng, joinSecret } = options;
    const { limits, counters, outgoing } = this;
    const emit = (effect: RelayEffect): void => {
      this.effects.push(effect);
    };
    const verify = options.verifyDigest ?? verifyDigest;
    this.publisher = new Publisher({ self, sign, verify, rng, limits, counters, emit });
    this.boxes = new BoxDesk({
      book,
      self,
      limits,
      outgoing,
      counters,
      checks: options.recordChecks ?? RECORD_CHECKS,
      wall: (steady) => this.time.wall(steady),
      ask: (token, command) => emit({ kind: 'store', token, command }),
      onFilled: (mark) => {
        options.observer?.stored(mark);
        this.publisher.fill(mark);
      },
    });
    const { board } = this.publisher;
    const { observer = null } = options;
    this.door = new FrontDoor({
      board,
      joinSecret,
      rng,
      limits,
      counters,
      emit,
      wall: (steady) => this.time.wall(steady),
      observer,
    });
    if (options.proof !== undefined) this.door.proof = options.proof;
  }

  /** For a view of this relay's load; no number here is about one client. */
  get load(): {
    readonly links: number;
    readonly queuedReplies: number;
    readonly pool: number;
    readonly answers: number;
    readonly standingReads: number;
  } {
    return {
      links: this.door.links,
      queuedReplies: this.door.queuedReplies,
      pool: this.pool.size,
      answers: this.outgoing.size,
      standingReads: this.boxes.standingReads,
    };
  }

  /** Evidence against edges that told two things about one moment. */
  get forks(): readonly Fork[] {
    return this.publisher.forks;
  }

  /** The link key was certified anew. */
  setProof(proof: Uint8Array): void {
    this.door.proof = proof;
  }

  /** A document was added to the book. The host calls this first of all. */
  onDocument(verified: VerifiedDocument, now: Millis): void {
    if (this.newest === null || verified.document.epoch >= this.newest.document.epoch) {
      this.newest = verified;
    }
    this.refresh(now);
  }

  /** First frame down of a new connection; null: it is to be closed. */
  greeting(): Greeting | null {
    return this.door.greeting(this.current);
  }

  /** Null: refused, and the link is to be closed. */
  onHello(link: LinkHandle, hello: Hello, now: Millis): Welcome | null {
    const welcome = this.door.onHello(link, hello, this.current, this.time.of(now));
    return welcome && { ...welcome, now: Math.floor(now) };
  }

  onLinkClosed(link: LinkHandle, now: Millis): void {
    this.door.onClosed(link, this.time.of(now));
  }

  /** Everything a client sends, already decoded. */
  onUp(link: LinkHandle, up: UpFrame, now: Millis): void {
    const steady = this.time.of(now);
    if (!this.door.admit(link, steady)) return;
    if (up.kind === 'rate') {
      this.door.onRate(link, up.slotMs, this.current, steady);
      return;
    }
    this.counters.add('up');
    if (this.pool.size >= this.limits.pool) {
      this.counters.add('pool-full');
      return;
    }
    const entered = this.options.injector.enter(up.frame, now);
    if ('drop' in entered) {
      this.counters.add(`up-${entered.drop}`);
      return;
    }
    const effect = this.towardsFirstMix(entered);
    if (effect === null) return;
    const delay = this.drawDelay();
    this.options.observer?.entered(up.frame, delay);
    this.pool.push(steady + delay, effect);
  }

  /** A packet from a mix of the last layer, opened by the host; `now` is when it came in. */
  onOpened(opened: Opened, now: Millis): void {
    this.counters.add('received');
    switch (opened.kind) {
      case 'request':
        if (this.current === null) {
          this.counters.add('request-unanswerable');
          return;
        }
        this.boxes.onRequest(opened, this.current, this.time.of(now));
        return;
      case 'reply':
        this.door.onReply(opened.replyId, opened.payload);
        return;
      case 'drop':
        this.counters.add(`packet-${opened.reason}`);
        return;
      default:
        this.counters.add('misplaced');
        return;
    }
  }

  /** Signed bytes from another edge, put together from its frames. */
  onDigest(bytes: Uint8Array, now: Millis): void {
    if (this.current !== null) this.publisher.onDigest(bytes, this.current, now);
  }

  onStore(token: number, result: StoreResult, now: Millis): void {
    this.boxes.onStore(token, result, this.time.of(now));
  }

  deadline(): Millis | null {
    const steady = Math.min(
      this.pool.nextAt ?? Infinity,
      this.outgoing.nextAt() ?? Infinity,
      this.boxes.nextAt() ?? Infinity,
      this.door.nextAt() ?? Infinity,
    );
    const at = Math.min(this.time.wall(steady), this.publisher.nextAt() ?? Infinity);
    return at === Infinity ? null : at;
  }

  onClockStep(by: Millis, now: Millis): void {
    this.time.step(by);
    if (by >= 0) return;
    this.refresh(now);
    this.publisher.onClockBack(now);
  }

  advance(now: Millis): void {
    if (this.current !== null && this.publisher.isDue(now)) {
      this.refresh(now);
      this.publisher.advance(this.current, now);
    }
    const steady = this.time.of(now);
    this.boxes.advance(steady);
    this.inject(steady, now);
    this.door.advance(steady);
  }

  drain(): readonly RelayEffect[] {
    const { effects } = this;
    if (effects.length === 0) return NOTHING;
    this.effects = [];
    return effects;
  }

  private inject(steady: Millis, now: Millis): void {
    for (;;) {
      const injection = this.outgoing.take(this.options.injector, this.noise, steady, now);
      if (injection === undefined) break;
      if (injection === null) {
        this.counters.add('answer-stale');
        continue;
      }
      const effect = this.towardsFirstMix(injection);
      if (effect === null) continue;
      this.counters.add('answered');
      this.send(effect);
    }
    for (;;) {
      const effect = this.pool.popDue(steady);
      if (effect === undefined) return;
      this.send(effect);
    }
  }

  private send(effect: RelayEffect): void {
    this.counters.add('sent');
    this.effects.push(effect);
  }

  private towardsFirstMix({ epoch, next, packet }: Injection): RelayEffect | null {
    const to = nextRelay(this.options.book, epoch, next, 1);
    if (typeof to !== 'string') return { kind: 'send', to, packet };
    this.counters.add(to);
    return null;
  }

  /** Exp(1/mu), so that a packet's arrival says nothing about the moment it entered. */
  private drawDelay(): Millis {
    const parameters = this.current?.document.parameters;
    if (parameters === undefined) return 0;
    const drawn = randomExponential(this.options.rng, parameters.delayMeanMs);
    return Math.min(drawn, delayCapMs(parameters));
  }

  /** Which document holds now; a new one, or a new epoch, may change it. */
  private refresh(now: Millis): void {
    if (this.newest === null) return;
    const epoch = epochAt(this.newest.document.parameters, now);
    const current = this.options.book.inForce(epoch) ?? this.newest;
    this.current = current;
    this.publisher.setDocuments(current, this.newest, now);
  }
}
