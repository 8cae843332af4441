/** A person in the lab: a production client over an in-memory profile and the fake ratchet. */
import type { Millis, Rng } from '@tacet/base';
import {
  Client,
  type ClientEvent,
  type Handover,
  type ProfileStore,
  type PublicChecks,
  prepareProfile,
  type RequestFacts,
  type SessionPort,
} from '@tacet/client';
import type { PacketBuilder } from '@tacet/onion';
import { createFakeSession, MemoryCells } from '@tacet/testkit';
import { copyStore } from './copy-store.ts';
import { emptyStore } from './empty-store.ts';

export interface PersonOptions {
  readonly id: number;
  readonly name: string;
  readonly builder: PacketBuilder;
  readonly checks: PublicChecks;
  readonly rng: Rng;
  readonly now: () => Millis;
  /** Hears of every request before it leaves. */
  readonly onRequest?: ((facts: RequestFacts) => void) | undefined;
}

export class Person {
  readonly id: number;
  readonly name: string;
  readonly session: SessionPort;
  client: Client;
  /** False while the program is killed. */
  up = true;
  /** False while the machine has no network. */
  online = true;
  /** How far this computer's clock is ahead of everybody else's. */
  skew: Millis = 0;
  linkId: number | null = null;
  wakeAt: Millis = Infinity;
  readonly alarms: string[] = [];
  /** What lies on this computer's disk outlives the program. */
  readonly cells = new MemoryCells();
  readonly store: ProfileStore;
  private readonly options: PersonOptions;

  private constructor(options: PersonOptions, store: ProfileStore, session: SessionPort) {
    this.id = options.id;
    this.name = options.name;
    this.options = options;
    this.store = store;
    this.session = session;
    this.client = this.open();
  }

  static async create(options: PersonOptions): Promise<Person> {
    const store = emptyStore();
    const session = createFakeSession(options.rng);
    await prepareProfile(store, session, options.rng, { name: options.name });
    return new Person(options, store, session);
  }

  /** Somebody copied the profile's files, and starts a second daemon on them. */
  copy(options: Pick<PersonOptions, 'id' | 'name' | 'rng'>): Person {
    const session = createFakeSession(options.rng);
    return new Person({ ...this.options, ...options }, copyStore(this.store), session);
  }

  private open(store = this.store, from: Handover | null = null): Client {
    const { builder, checks, rng, onRequest } = this.options;
    const heard = onRequest === undefined ? {} : { onRequest };
    return Client.open({ store, builder, rng, checks, ...heard }, this.now, from);
  }

  private get now(): Millis {
    return this.options.now() + this.skew;
  }

  /** A full lock as a daemon does it: a client of nobody goes on with the link. */
  async lockFully(): Promise<void> {
    const store = emptyStore();
    await prepareProfile(store, this.session, this.options.rng, { name: 'nobody' });
    this.client = this.open(store, this.client.handOver(this.now));
  }

  unlock(): void {
    this.client = this.open(this.store, this.client.handOver(this.now));
  }

  /** Kill -9: what was not saved is gone. */
  kill(): void {
    this.up = false;
    this.wakeAt = Infinity;
  }

  restart(): void {
    this.client = this.open();
    this.up = true;
  }

  onEvent(event: ClientEvent): void {
    if (event.kind === 'alarm') this.alarms.push(event.subject);
  }
}
