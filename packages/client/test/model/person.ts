/** A production client over the bad box layer; its store may fail at any statement. */
import type { Millis } from '@tacet/base';
import type { ReplyId } from '@tacet/onion';
import { createFakeSession, MemoryStore, type SeededRng, seededRng } from '@tacet/testkit';
import { DigestCache } from '@tacet/wire';
import { Client } from '../../src/client.ts';
import type { ClientEffect } from '../../src/engine.ts';
import { prepareProfile } from '../../src/meeting/identity.ts';
import type { SqlValue } from '../../src/ports.ts';
import { type Layer, type Listener, NETWORK, plainBuilder } from './layer.ts';

/** The process dies here; what was committed stays. */
export class Crash extends Error {}

export class CrashStore extends MemoryStore {
  /** Statements until the crash. */
  left = Infinity;

  override run(sql: string, ...params: SqlValue[]): { changes: number; rowId: number } {
    this.left -= 1;
    if (this.left <= 0) throw new Crash();
    return super.run(sql, ...params);
  }
}

const digests = new DigestCache();
const NO_PAGE = new Uint8Array(4_688);

export class ModelPerson implements Listener {
  readonly name: string;
  readonly store = new CrashStore();
  readonly layer: Layer;
  crashes = 0;
  private readonly rng: SeededRng;
  private readonly session;
  private client: Client | null = null;
  private connected = false;
  private jobs: Promise<void>[] = [];

  constructor(name: string, layer: Layer, seed: string) {
    this.name = name;
    this.layer = layer;
    this.rng = seededRng(`${seed}/${name}`);
    this.session = createFakeSession(this.rng);
    layer.listeners.push(this);
  }

  async begin(): Promise<void> {
    await prepareProfile(this.store, this.session, this.rng, { name: this.name });
    this.start();
    this.act((client, now) => client.joinNetwork(NETWORK.cardText, now));
  }

  get up(): boolean {
    return this.client !== null;
  }

  get machine(): Client {
    if (this.client === null) this.start();
    if (this.client === null) throw new RangeError('not running');
    return this.client;
  }

  start(): void {
    this.store.left = Infinity;
    const options = { store: this.store, builder: plainBuilder, rng: this.rng };
    this.client = Client.open({ ...options, verifyDigest: digests.verify }, this.layer.now);
    this.pump();
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

  get deadline(): Millis {
    return this.client?.deadline() ?? Infinity;
  }

  advance(now: Millis): void {
    this.act((client) => client.advance(now));
  }

  /** Any input; a crash in it ends the process, and it starts again. */
  act(input: (client: Client, now: Millis) => void): boolean {
    if (this.client === null) return false;
    try {
      input(this.client, this.layer.now);
      this.pump();
      return true;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      this.crashes += 1;
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

  private pump(): void {
    for (const effect of this.client?.drain() ?? []) this.carryOut(effect);
  }

  private carryOut(effect: ClientEffect): void {
    if (effect.kind === 'dial') {
      const { client } = this;
      if (client === null) return;
      this.connected = true;
      const welcome = { handle: new Uint8Array(8).fill(1), now: this.layer.now };
      client.onLinkUp(welcome, this.layer.now);
      this.layer.welcome(this);
    } else if (effect.kind === 'up') {
      if (effect.frame.kind === 'packet') this.layer.send(effect.frame.frame, this);
    } else if (effect.kind === 'session') {
      const { client } = this;
      const run = async (): Promise<void> => {
        const outcome = await effect.job.run(this.session);
        if (this.client !== client) return;
        this.act((now, at) => now.onSession(effect.job, outcome, at));
      };
      this.jobs.push(run());
    }
  }
}
