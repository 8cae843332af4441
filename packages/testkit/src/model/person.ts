/** A production client over the bad box layer; it may die at any statement, save, await and effect. */
import type { Millis } from '@tacet/base';
import {
  Client,
  type ClientEffect,
  PUBLIC_CHECKS,
  prepareProfile,
  type SessionJob,
  type SessionPort,
} from '@tacet/client';
import type { ReplyId } from '@tacet/onion';
import { DigestCache } from '@tacet/wire';
import { emptyProfile } from '../empty-profile.ts';
import { createFakeSession } from '../fake-session.ts';
import { type SeededRng, seededRng } from '../rng.ts';
import { Crash, type CrashPoint } from './crash.ts';
import { type Layer, type Listener, NETWORK } from './layer.ts';
import { effectName } from './named-points.ts';
import { plainBuilder } from './plain-builder.ts';
import { CrashStore } from './store.ts';
import { Tally } from './tally.ts';

export interface PersonOptions {
  readonly tally?: Tally;
  /** The fake ratchet unless given. */
  readonly session?: (rng: SeededRng) => SessionPort;
}

const checks = { ...PUBLIC_CHECKS, verifyDigest: new DigestCache().verify };
const NO_PAGE = new Uint8Array(4_688);

export class ModelPerson implements Listener {
  readonly name: string;
  readonly store = new CrashStore();
  crashes = 0;
  /** By how much the own clock is ahead. */
  private skew: Millis = 0;
  /** Points of each kind passed since the beginning. */
  readonly passed: Record<'await' | 'effect', number> = { await: 0, effect: 0 };
  /** Alarms of the event log, by code. */
  readonly alarms = new Map<string, number>();
  /** Hears of every change of a message's state. */
  onState: (id: string) => void = () => undefined;
  /** Hears of mistakes of ours that were contained. Unless one is planted there is none. */
  onFault: (code: string, error: unknown) => void = (_code, error) => {
    throw error;
  };
  private readonly layer: Layer;
  private readonly tally: Tally;
  private readonly rng: SeededRng;
  private readonly session: SessionPort;
  /** Points until the crash. */
  private left: Record<'await' | 'effect', number> = { await: Infinity, effect: Infinity };
  private client: Client | null = null;
  private connected = false;
  private inStart: { readonly point: CrashPoint; readonly count: number } | null = null;
  private jobs: Promise<void>[] = [];

  constructor(name: string, layer: Layer, seed: string, options: PersonOptions = {}) {
    this.name = name;
    this.layer = layer;
    this.tally = options.tally ?? new Tally();
    this.rng = seededRng(`${seed}/${name}`);
    this.session = (options.session ?? createFakeSession)(this.rng);
    this.layer.listeners.push(this);
  }

  async begin(): Promise<void> {
    this.store.restore(emptyProfile());
    await prepareProfile(this.store, this.session, this.rng, { name: this.name });
    this.start();
    this.act((client, now) => client.joinNetwork(NETWORK.cardText, now));
  }

  /** Goes on from a store as it was. */
  beginFrom(store: Uint8Array): void {
    this.store.restore(store);
    this.start();
  }

  /** By the own clock. */
  get now(): Millis {
    return this.layer.now + this.skew;
  }

  /** The clock is set: what is due by it now is done now. */
  setClock(ahead: Millis): void {
    this.skew = ahead;
    this.advance();
  }

  get up(): boolean {
    return this.client !== null;
  }

  get machine(): Client {
    if (this.client === null) this.start();
    if (this.client === null) throw new RangeError('not running');
    return this.client;
  }

  /** The process will die at the so-manyth point of this kind from now. */
  crashAt(point: CrashPoint, count: number): void {
    if (point === 'statement') this.store.untilStatement = count;
    else if (point === 'save') this.store.untilSave = count;
    else this.left[point] = count;
  }

  /** The same, counted from the beginning of the next start. */
  crashInNextStart(point: CrashPoint, count: number): void {
    this.inStart = { point, count };
  }

  /** No crash any more. */
  calm(): void {
    this.store.calm();
    this.left = { await: Infinity, effect: Infinity };
  }

  /** How many points of a kind were passed so far. */
  count(point: CrashPoint): number {
    if (point === 'statement') return this.store.done.statements;
    return point === 'save' ? this.store.done.saves : this.passed[point];
  }

  start(): void {
    this.store.calm();
    this.left = { await: Infinity, effect: Infinity };
    if (this.inStart !== null) this.crashAt(this.inStart.point, this.inStart.count);
    this.inStart = null;
    const options = { store: this.store, builder: plainBuilder, rng: this.rng, checks };
    const opened = this.survive(() => {
      this.client = Client.open(options, this.now);
      this.pump();
    });
    if (!opened) this.tally.add('crashed-in-start');
  }

  stop(): void {
    this.client = null;
    this.connected = false;
  }

  hears(): boolean {
    return this.connected;
  }

  reply(replyId: ReplyId, payload: Uint8Array): void {
    this.act((client, now) =>
      client.onDown({ reply: { replyId, payload }, broadcast: NO_PAGE }, now),
    );
  }

  page(broadcast: Uint8Array): void {
    this.act((client, now) => client.onDown({ reply: null, broadcast }, now));
  }

  /** Of the own clock's deadline, in the layer's time. */
  get deadline(): Millis {
    return (this.client?.deadline() ?? Infinity) - this.skew;
  }

  advance(): void {
    this.act((client, now) => client.advance(now));
  }

  /** Any input; a crash in it ends the process, and it starts again. */
  act(input: (client: Client, now: Millis) => void): boolean {
    if (this.client === null) return false;
    return this.survive(() => {
      if (this.client === null) return;
      input(this.client, this.now);
      this.pump();
    });
  }

  private survive(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      this.crashes += 1;
      this.tally.add(`crashed-at-${error.point}`);
      this.stop();
      this.start();
      return false;
    }
  }

  async settle(): Promise<void> {
    while (this.jobs.length > 0) await this.jobs.shift();
  }

  get busy(): boolean {
    return this.jobs.length > 0;
  }

  private pass(point: 'await' | 'effect', name: () => string): void {
    this.passed[point] += 1;
    this.left[point] -= 1;
    if (this.left[point] <= 0) throw new Crash(point);
    this.store.named?.pass(point, name);
  }

  private pump(): void {
    for (const effect of this.client?.drain() ?? []) {
      this.pass('effect', () => effectName(effect));
      this.carryOut(effect);
    }
  }

  private carryOut(effect: ClientEffect): void {
    const { client } = this;
    if (client === null) return;
    if (effect.kind === 'dial') {
      this.connected = true;
      const welcome = { handle: new Uint8Array(8).fill(1), now: this.layer.now };
      client.onLinkUp(welcome, this.now);
      this.layer.welcome(this);
    } else if (effect.kind === 'up') {
      if (effect.frame.kind === 'packet') this.layer.send(effect.frame.frame, this);
    } else if (effect.kind === 'session') {
      this.jobs.push(this.work(client, effect.job));
    } else if (effect.kind === 'fault') {
      this.onFault(effect.code, effect.error);
    } else if (effect.kind === 'event') {
      const { kind, subject } = effect.event;
      if (kind === 'message-state') this.onState(subject);
      if (kind !== 'alarm') return;
      this.tally.add(`alarm ${subject}`);
      this.alarms.set(subject, (this.alarms.get(subject) ?? 0) + 1);
    }
  }

  private async work(client: Client, job: SessionJob): Promise<void> {
    const goesOn = (when: string): boolean =>
      this.client === client && this.survive(() => this.pass('await', () => `${when} ${job.name}`));
    if (!goesOn('before')) return;
    const outcome = await job.run(this.session);
    if (!goesOn('after')) return;
    this.act((now, at) => now.onSession(job, outcome, at));
  }
}
