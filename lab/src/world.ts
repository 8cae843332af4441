/**
 * A simulated network of production machines: relays and clients as shipped, over virtual time,
 * modelled sockets (fixed latency, order kept) and, by default, the model of the onion. Nothing
 * here knows what messages mean.
 */
import { BytesMap, DAY, equalBytes, type Millis, type Rng, randomBetween } from '@tacet/base';
import type { ClientEffect, RequestFacts } from '@tacet/client';
import {
  type Document,
  type DocumentBook,
  encodeLinkProof,
  epochAt,
  type LinkCertificate,
  makeLinkCertificate,
  type Parameters,
  type RelayHash,
  type VerifiedDocument,
  verifyLinkProof,
} from '@tacet/directory';
import type { Frame, PacketOpener } from '@tacet/onion';
import { EdgeMachine, MixMachine, type RelayEffect } from '@tacet/relay';
import {
  makeTestNetwork,
  seededRng,
  TEST_NOW,
  type TestNetwork,
  type TestNetworkOptions,
  type TestRelay,
} from '@tacet/testkit';
import type { SignedDigest } from '@tacet/wire';
import { MemoryBoxes } from './memory-boxes.ts';
import type { Onion } from './onion.ts';
import { Person } from './person.ts';
import { SharedChecks } from './shared-checks.ts';
import { VirtualTime } from './time.ts';
import type { Trace } from './trace.ts';

const FRAME = 12_288;
const NOBODY = new Uint8Array(32);
/** People's ids in traces start here; relays have their index. */
const FIRST_PERSON = 1_000;
/** Ids are below. */
const MOST_IDS = 0x8000;
/** Days a link key is certified for, and left when a relay takes the next. */
const LASTS = 90;
const RENEWED = 30;

export interface WorldOptions {
  readonly seed: number | string;
  readonly trace: Trace;
  readonly onion: (network: TestNetwork) => Onion;
  readonly network?: TestNetworkOptions;
  /** One-way latency of a link, ms. */
  readonly latency?: readonly [number, number];
  /** An adversary on the links: true drops what `from` sends to `to`. */
  readonly drops?: (from: number, to: number, packet: Uint8Array | null) => boolean;
  /** Hears of every request of anybody before it leaves. */
  readonly onRequest?: (name: string, facts: RequestFacts) => void;
}

export interface RelayNode {
  readonly id: number;
  readonly relay: TestRelay;
  readonly book: DocumentBook;
  readonly boxes: MemoryBoxes;
  machine: MixMachine | EdgeMachine;
  opener: PacketOpener;
  /** Of the link key it uses now; clients check what its long-term identity says of it. */
  link: LinkCertificate;
  /** False: it is in no document made from now on. */
  listed: boolean;
  up: boolean;
  wakeAt: Millis;
}

interface ClientLink {
  readonly id: number;
  readonly person: Person;
  readonly edge: RelayNode;
  readonly latency: Millis;
  open: boolean;
}

export class World {
  readonly time = new VirtualTime(TEST_NOW);
  readonly rng: Rng;
  readonly network: TestNetwork;
  readonly relays: RelayNode[] = [];
  readonly people: Person[] = [];
  readonly onion: Onion;
  readonly startedAt: Millis = TEST_NOW;
  /** What documents made from now on say that is not usual: parameters, and Echo's address. */
  change: Partial<Parameters> = {};
  told: Partial<Pick<Document, 'echo'>> = {};
  private readonly trace: Trace;
  private readonly byHash = new BytesMap<RelayNode>();
  /** The same by the arrays of documents: packets name a relay by these, again and again. */
  private readonly byArray = new WeakMap<RelayHash, RelayNode>();
  private readonly links = new Map<number, ClientLink>();
  private readonly latencies = new Map<number, Millis>();
  private readonly latencyRange: readonly [number, number];
  private readonly drops: NonNullable<WorldOptions['drops']>;
  private readonly checks = new SharedChecks();
  private readonly onRequest: WorldOptions['onRequest'];
  private document: VerifiedDocument;
  private nextLink = 1;
  private jobs: Promise<void>[] = [];

  constructor(options: WorldOptions) {
    this.rng = seededRng(options.seed);
    this.trace = options.trace;
    this.latencyRange = options.latency ?? [5, 40];
    this.drops = options.drops ?? (() => false);
    this.onRequest = options.onRequest;
    this.network = makeTestNetwork({ seed: `${options.seed}/network`, ...options.network });
    this.document = this.network.verified;
    this.onion = options.onion(this.network);
    for (const [id, relay] of this.network.relays.entries()) {
      const node: RelayNode = {
        id,
        relay,
        book: this.network.book(),
        boxes: new MemoryBoxes(),
        machine: undefined as never,
        opener: undefined as never,
        link: relay.descriptor.link,
        listed: true,
        up: true,
        wakeAt: Infinity,
      };
      this.relays.push(node);
      this.byHash.set(relay.hash, node);
      this.start(node);
    }
    this.time.at(this.nextPublication(), () => this.publish());
  }

  get now(): Millis {
    return this.time.now;
  }

  /** A relay's machine anew, as after kill -9: the boxes stay, everything else is gone. */
  start(node: RelayNode): void {
    const { relay, book } = node;
    node.up = true;
    node.wakeAt = Infinity;
    const opener = this.onion.opener(relay, book);
    node.opener = opener;
    if (relay.role === 'mix') {
      node.machine = new MixMachine({
        book,
        layer: relay.layer as 1 | 2 | 3,
        self: relay.hash,
        rng: this.rng,
        builder: this.onion.loops,
      });
      this.pump(node);
      return;
    }
    const machine = new EdgeMachine({
      injector: opener,
      book,
      self: relay.hash,
      sign: relay.identity,
      rng: this.rng,
      joinSecret: this.network.card.joinSecret,
      proof: encodeLinkProof(relay.identity.publicKey, node.link),
      noise: { fill: (out) => out },
      verifyDigest: this.checks.verifyDigest,
      recordChecks: this.checks,
    });
    node.machine = machine;
    machine.onDocument(this.document, this.now);
    this.pump(node);
  }

  /** A new link key, certified by the same identity. Who is connected stays so. */
  rekey(node: RelayNode, notAfter: Millis): void {
    const { identity } = node.relay;
    node.link = makeLinkCertificate(identity, this.rng.fill(new Uint8Array(32)), notAfter);
    if (node.machine instanceof EdgeMachine) {
      node.machine.setProof(encodeLinkProof(identity.publicKey, node.link));
    }
  }

  stop(node: RelayNode): void {
    node.up = false;
    node.wakeAt = Infinity;
    for (const link of [...this.links.values()]) {
      if (link.edge === node) this.breakLink(link);
    }
  }

  // Documents ------------------------------------------------------------------------------

  private nextPublication(): Millis {
    const { epochMs } = this.network.parameters;
    const epoch = epochAt(this.network.parameters, this.now);
    return (epoch + 1) * epochMs - epochMs / 12;
  }

  private publish(): void {
    const epoch = epochAt(this.network.parameters, this.now) + 1;
    this.document = this.network.next(this.document, epoch, this.membership(epoch));
    // What clients get for these bytes too.
    const shared = this.checks.verifyDocument(this.document.bytes, this.network.trust);
    for (const node of this.relays) {
      if (node.link.notAfter - this.now < RENEWED * DAY) {
        this.rekey(node, Math.floor(this.now) + LASTS * DAY);
      }
      node.book.accept(shared);
      if (node.up && node.machine instanceof EdgeMachine) {
        node.machine.onDocument(this.document, this.now);
        this.pump(node);
      }
    }
    this.time.after(this.network.parameters.epochMs, () => this.publish());
  }

  /** What those that left or joined change: relays, and a store generation when edges did. */
  private membership(epoch: number): Partial<Document> {
    const { parameters } = this.document.document;
    const changed = { ...parameters, ...this.change };
    const said = { publishedAt: this.now, parameters: changed, ...this.told };
    if (this.relays.every(({ listed }) => listed)) return said;
    const whole = this.network.next(this.document, epoch).document;
    const relays = whole.relays.filter((_, index) => this.relays[index]?.listed === true);
    const edges = this.relays.filter(({ listed, relay }) => listed && relay.role === 'edge');
    const [newest] = this.document.document.generations;
    const same = newest?.edges.length === edges.length;
    if (same && edges.every(({ relay }, n) => equalBytes(relay.hash, newest.edges[n] ?? NOBODY))) {
      return { ...said, relays };
    }
    const firstDay = Math.floor((epoch * this.network.parameters.epochMs) / DAY);
    // One a day; until then what left is still named as a home.
    if (newest !== undefined && firstDay <= newest.firstDay) return { ...said, relays };
    const generation = {
      firstDay,
      edges: edges.map(({ relay }) => relay.hash),
      families: edges.map(({ relay }) => relay.descriptor.family),
      countries: edges.map(({ relay }) => relay.descriptor.country),
    };
    const generations = [generation, ...this.document.document.generations].slice(0, 4);
    return { ...said, relays, generations };
  }

  // Relays ---------------------------------------------------------------------------------

  private latency(a: number, b: number): Millis {
    // One of the two is a relay, with a low number: a small integer, found without a box for it.
    const key = Math.min(a, b) * MOST_IDS + Math.max(a, b);
    let latency = this.latencies.get(key);
    if (latency === undefined) {
      latency = randomBetween(this.rng, ...this.latencyRange);
      this.latencies.set(key, latency);
    }
    return latency;
  }

  pump(node: RelayNode): void {
    if (!node.up) return;
    for (const effect of node.machine.drain()) this.apply(node, effect);
    const at = node.machine.deadline();
    if (at === null || at >= node.wakeAt) return;
    node.wakeAt = at;
    this.time.at(at, () => {
      if (node.wakeAt !== at || !node.up) return;
      node.wakeAt = Infinity;
      node.machine.advance(this.now);
      this.pump(node);
    });
  }

  private apply(node: RelayNode, effect: RelayEffect): void {
    switch (effect.kind) {
      case 'send': {
        const to = this.nodeOf(effect.to);
        if (this.drops(node.id, to.id, effect.packet)) return;
        this.carry(node, to, () => this.receive(to, effect.packet));
        return;
      }
      case 'digest': {
        const to = this.nodeOf(effect.to);
        const { bytes }: SignedDigest = effect.digest;
        this.carry(node, to, () => {
          if (to.machine instanceof EdgeMachine) to.machine.onDigest(bytes, this.now);
        });
        return;
      }
      case 'store': {
        const result = node.boxes.run(effect.command);
        const { machine } = node;
        this.time.after(1, () => {
          if (!node.up || node.machine !== machine || !(machine instanceof EdgeMachine)) return;
          machine.onStore(effect.token, result, this.now);
          this.pump(node);
        });
        return;
      }
      case 'down': {
        const link = this.links.get(effect.link);
        if (link === undefined || !link.open) return;
        if (this.drops(node.id, link.person.id, null)) return;
        this.trace.add(this.now, node.id, link.person.id, FRAME);
        this.time.after(link.latency, () => {
          if (!link.open) return;
          link.person.client.onDown(effect.frame, this.clockOf(link.person));
          this.pumpPerson(link.person);
        });
        return;
      }
      case 'close': {
        const link = this.links.get(effect.link);
        if (link !== undefined) this.breakLink(link);
      }
    }
  }

  private receive({ machine, opener }: RelayNode, frame: Frame): void {
    if (machine instanceof MixMachine && !machine.admit()) return;
    machine.onOpened(opener.open(frame, this.now), this.now);
  }

  private nodeOf(hash: RelayHash): RelayNode {
    const known = this.byArray.get(hash);
    if (known !== undefined) return known;
    const node = this.byHash.get(hash);
    if (node === undefined) throw new RangeError('no such relay in this world');
    this.byArray.set(hash, node);
    return node;
  }

  /** A packet that came to a relay from outside this world. */
  inject(to: RelayNode, packet: Uint8Array): void {
    this.receive(to, packet);
    this.pump(to);
  }

  private carry(from: RelayNode, to: RelayNode, arrive: () => void): void {
    this.trace.add(this.now, from.id, to.id, FRAME);
    this.time.after(this.latency(from.id, to.id), () => {
      if (!to.up) return;
      arrive();
      this.pump(to);
    });
  }

  // People ---------------------------------------------------------------------------------

  async addPerson(name: string): Promise<Person> {
    const id = FIRST_PERSON + this.people.length;
    const { onRequest } = this;
    const person = await Person.create({
      id,
      name,
      onRequest: onRequest && ((facts) => onRequest(name, facts)),
      builder: this.onion.builder,
      checks: this.checks,
      rng: seededRng(`${id}/${this.rng.fill(new Uint8Array(8)).join('.')}`),
      now: () => this.now,
    });
    this.people.push(person);
    return person;
  }

  /** A second daemon on a copy of somebody's files. */
  addCopy(of: Person): Person {
    const id = FIRST_PERSON + this.people.length;
    const rng = seededRng(`${id}/${this.rng.fill(new Uint8Array(8)).join('.')}`);
    return this.startCopy(of.copy({ id, name: `${of.name}-copy`, rng }));
  }

  /** One that was made before. */
  startCopy(person: Person): Person {
    this.people.push(person);
    this.pumpPerson(person);
    return person;
  }

  /** What time it is by a person's clock. */
  clockOf(person: Person): Millis {
    return this.now + person.skew;
  }

  pumpPerson(person: Person): void {
    if (!person.up) return;
    for (const effect of person.client.drain()) this.applyPerson(person, effect);
    const due = person.client.deadline();
    const at = due === null ? null : due - person.skew;
    if (at === null || at >= person.wakeAt) return;
    person.wakeAt = at;
    this.time.at(at, () => {
      if (person.wakeAt !== at || !person.up) return;
      person.wakeAt = Infinity;
      person.client.advance(this.clockOf(person));
      this.pumpPerson(person);
    });
  }

  private applyPerson(person: Person, effect: ClientEffect): void {
    switch (effect.kind) {
      case 'dial':
        this.dial(person, effect);
        return;
      case 'hangup':
        this.letGo(person, effect.lingerMs);
        return;
      case 'up': {
        const link = person.linkId === null ? undefined : this.links.get(person.linkId);
        if (link === undefined || !link.open) return;
        this.trace.add(this.now, person.id, link.edge.id, FRAME);
        this.time.after(link.latency, () => {
          if (!link.open || !link.edge.up || !(link.edge.machine instanceof EdgeMachine)) return;
          link.edge.machine.onUp(link.id, effect.frame, this.now);
          this.pump(link.edge);
        });
        return;
      }
      case 'session':
        this.jobs.push(this.runJob(person, effect));
        return;
      case 'cells':
        this.jobs.push(this.runCells(person, effect));
        return;
      case 'event':
        person.onEvent(effect.event);
        return;
      case 'fault':
        // Nothing in the lab makes our own code fail: a run that shows a mistake of ours ends.
        throw effect.error;
    }
  }

  private async runJob(
    person: Person,
    effect: Extract<ClientEffect, { kind: 'session' }>,
  ): Promise<void> {
    const { client } = person;
    const outcome = await effect.job.run(person.session);
    if (person.client !== client) return;
    client.onSession(effect.job, outcome, this.clockOf(person));
    this.pumpPerson(person);
  }

  private async runCells(
    person: Person,
    effect: Extract<ClientEffect, { kind: 'cells' }>,
  ): Promise<void> {
    const { client } = person;
    const outcome = await effect.job.run(person.cells);
    if (person.client !== client) return;
    client.onCells(effect.job, outcome, this.clockOf(person));
    this.pumpPerson(person);
  }

  private dial(person: Person, effect: Extract<ClientEffect, { kind: 'dial' }>): void {
    const edge = this.nodeOf(effect.relay);
    const latency = this.latency(person.id, edge.id);
    const { client } = person;
    this.time.after(2 * latency, () => {
      if (person.client !== client) return;
      if (!edge.up || !person.online || !(edge.machine instanceof EdgeMachine)) {
        client.onLinkDown(this.clockOf(person));
        this.pumpPerson(person);
        return;
      }
      const id = this.nextLink++;
      const link: ClientLink = { id, person, edge, latency, open: true };
      this.links.set(id, link);
      person.linkId = id;
      const greeting = edge.machine.greeting();
      const now = Math.floor(this.clockOf(person));
      const trusted =
        greeting !== null && verifyLinkProof(greeting.proof, effect.relay, edge.link.keyHash, now);
      const welcome = trusted ? edge.machine.onHello(id, effect.hello, this.now) : null;
      this.pump(edge);
      if (welcome === null) {
        this.breakLink(link);
        return;
      }
      this.time.after(latency, () => {
        if (!link.open) return;
        client.onLinkUp(welcome, this.clockOf(person));
        this.pumpPerson(person);
      });
    });
  }

  hangUp(person: Person): void {
    const link = person.linkId === null ? undefined : this.links.get(person.linkId);
    if (link !== undefined) this.breakLink(link);
  }

  /** A hang-up of the person's own: its machine is not told, and may still hear for a while. */
  private letGo(person: Person, lingerMs: Millis): void {
    const link = person.linkId === null ? undefined : this.links.get(person.linkId);
    if (link === undefined) return;
    person.linkId = null;
    this.time.after(lingerMs, () => this.breakLink(link));
  }

  private breakLink(link: ClientLink): void {
    if (!link.open) return;
    link.open = false;
    this.links.delete(link.id);
    const { person, edge } = link;
    const left = person.linkId !== link.id;
    if (!left) person.linkId = null;
    if (edge.up && edge.machine instanceof EdgeMachine) {
      edge.machine.onLinkClosed(link.id, this.now);
      this.pump(edge);
    }
    if (person.up && !left) {
      person.client.onLinkDown(this.clockOf(person));
      this.pumpPerson(person);
    }
  }

  // Running --------------------------------------------------------------------------------

  /** Runs until `until`; ratchet work finishes at the moment it was asked for. */
  async run(until: Millis, stop: () => boolean = () => false): Promise<void> {
    while (!stop()) {
      while (this.jobs.length > 0) {
        const jobs = this.jobs;
        this.jobs = [];
        for (const job of jobs) await job;
      }
      if (stop()) return;
      if (!this.time.step(until) && this.jobs.length === 0) return;
    }
  }
}
