/**
 * Several authorities in virtual time, over a network that delays, loses and cuts, with crashes
 * at any point between two effects, and with authorities that equivocate: each of those runs as
 * two machines under one key, which see the same and say different things to different others.
 */
import { hex, type Millis, pick, type Rng, randomInt } from '@tacet/base';
import {
  type AuthorityHash,
  authorityHashOf,
  decodePublished,
  epochAt,
  epochStart,
  type RelayHash,
  signDescriptor,
  verifyPartial,
  verifyVote,
} from '@tacet/directory';
import { makeTestNetwork, seededRng, TEST_NOW, type TestNetwork } from '@tacet/testkit';
import { AuthorityMachine } from '../../src/authority/machine.ts';
import type { AuthorityEffect, AuthorityOptions } from '../../src/authority/types.ts';

export const EPOCH: Millis = 60_000;

export interface WorldOptions {
  readonly seed: string;
  readonly authorities: number;
  /** Authorities, by number, that equivocate. */
  readonly equivocating?: readonly number[];
  /** Milliseconds on the way from one to another, or null: lost, tried again a little later. */
  readonly way?: (rng: Rng, from: number, to: number, now: Millis) => Millis | null;
  /** Chance that an authority crashes while it carries out effects; one of the first five does. */
  readonly crash?: number;
  /** Authorities that are up at `now`; all by default. */
  readonly up?: (authority: number, now: Millis) => boolean;
  /** Whom a twin speaks to and hears; without it, speaks to some by chance and hears all. */
  readonly hearers?: (authority: number, twin: number) => readonly number[];
  readonly change?: (authority: number, twin: number) => Partial<AuthorityOptions>;
}

interface Node {
  readonly authority: number;
  readonly twin: number;
  machine: AuthorityMachine | null;
  state: Uint8Array | null;
  /** Whom this one speaks to; the others hear its twin. */
  readonly hearers: ReadonlySet<number>;
  readonly deaf: boolean;
  /** What it told, as far as it is written down. */
  readonly recorded: WeakSet<Uint8Array>;
}

type Tell = Extract<AuthorityEffect, { kind: 'tell' }>;

interface Event {
  readonly at: Millis;
  readonly act: () => void;
}

const RESTART: Millis = 3_000;
const AGAIN: Millis = 400;

export class CouncilWorld {
  readonly network: TestNetwork;
  readonly names: readonly AuthorityHash[];
  /** Signers by document hash by epoch, of everything that ever left an authority. */
  readonly signed = new Map<number, Map<string, Set<number>>>();
  /** Bodies voted for by `authority/epoch/attempt`. */
  readonly voted = new Map<string, Set<string>>();
  /** Documents that came about, by epoch and hash. */
  readonly published = new Map<number, Map<string, Uint8Array>>();
  readonly evidence: string[] = [];
  crashes = 0;
  now: Millis = TEST_NOW;
  private readonly options: WorldOptions;
  private readonly rng: Rng;
  private readonly nodes: Node[] = [];
  private events: Event[] = [];
  /** Effects until the crash that comes for certain; what comes after is left to chance. */
  private untilCrash: number;

  constructor(options: WorldOptions) {
    this.options = options;
    this.rng = seededRng(options.seed);
    this.untilCrash = options.crash === undefined ? 0 : 1 + randomInt(this.rng, 5);
    this.network = makeTestNetwork({
      seed: `council ${options.authorities}`,
      authorities: options.authorities,
      parameters: { epochMs: EPOCH, graceMs: 5_000, keysAhead: 2, validEpochs: 3 },
    });
    this.names = this.network.authorities.map((pair) => authorityHashOf(pair.publicKey));
    for (let authority = 0; authority < options.authorities; authority++) {
      const twins = options.equivocating?.includes(authority) ? 2 : 1;
      const split = this.names.map(() => randomInt(this.rng, 3));
      for (let twin = 0; twin < twins; twin++) {
        const drawn = this.names.flatMap((_, i) =>
          twins === 1 || split[i] === twin || split[i] === 2 ? [i] : [],
        );
        const chosen = twins === 2 ? options.hearers?.(authority, twin) : undefined;
        this.nodes.push({
          authority,
          twin,
          machine: null,
          state: null,
          hearers: new Set(chosen ?? drawn),
          deaf: chosen !== undefined,
          recorded: new WeakSet(),
        });
      }
    }
    for (const node of this.nodes) this.boot(node);
    this.planRenewals(epochAt(this.network.parameters, this.now), this.now);
  }

  /** Runs until `end`. */
  run(end: Millis): void {
    for (;;) {
      const next = this.next();
      if (next === null || next.at > end) break;
      this.now = Math.max(this.now, next.at);
      next.act();
    }
    this.now = end;
  }

  machine(authority: number): AuthorityMachine | null {
    return this.nodes.find((node) => node.authority === authority)?.machine ?? null;
  }

  at(delay: Millis, act: () => void): void {
    this.events.push({ at: this.now + delay, act });
  }

  /** Epochs with a document that carries enough signatures, and how many such documents. */
  valid(): Map<number, number> {
    const { threshold } = this.network.trust;
    const found = new Map<number, number>();
    for (const [epoch, hashes] of this.signed) {
      const count = [...hashes.values()].filter((signers) => signers.size >= threshold).length;
      if (count > 0) found.set(epoch, count);
    }
    return found;
  }

  private next(): Event | null {
    let best: Event | null = null;
    for (const event of this.events) if (best === null || event.at < best.at) best = event;
    for (const node of this.nodes) {
      const due = node.machine?.deadline() ?? null;
      if (due !== null && (best === null || due < best.at)) {
        best = { at: due, act: () => this.advance(node) };
      }
    }
    if (best !== null) this.events = this.events.filter((event) => event !== best);
    return best;
  }

  private advance(node: Node): void {
    const up = this.options.up?.(node.authority, this.now) ?? true;
    if (!up) {
      this.kill(node, EPOCH / 12);
      return;
    }
    node.machine?.advance(this.now);
    this.settle(node);
  }

  private boot(node: Node): void {
    if (!(this.options.up?.(node.authority, this.now) ?? true)) {
      this.at(EPOCH / 12, () => this.boot(node));
      return;
    }
    const keyPair = this.network.authorities[node.authority];
    if (keyPair === undefined) throw new RangeError('no such authority');
    node.machine = new AuthorityMachine({
      keyPair,
      trust: this.network.trust,
      parameters: this.network.parameters,
      allowed: this.network.relays.map((relay) => relay.hash) as RelayHash[],
      // What makes the votes of twins differ.
      echo: Uint8Array.of(node.twin),
      state: node.state,
      ...this.options.change?.(node.authority, node.twin),
    });
    node.machine.advance(this.now);
    this.settle(node);
    this.catchUp(node);
  }

  private kill(node: Node, pause: Millis): void {
    node.machine = null;
    this.at(pause, () => this.boot(node));
  }

  /** Carries out effects one by one; a crash may come between any two. */
  private settle(node: Node): void {
    for (const effect of node.machine?.drain() ?? []) {
      if (this.crashesHere()) {
        this.crashes += 1;
        this.kill(node, RESTART);
        return;
      }
      this.perform(node, effect);
    }
  }

  private perform(node: Node, effect: AuthorityEffect): void {
    switch (effect.kind) {
      case 'save':
        node.state = effect.state;
        return;
      case 'publish': {
        const { hash } = decodePublished(effect.bytes);
        const { epoch } = verifyPartial(effect.bytes, this.network.trust, 1).document;
        const hashes = this.published.get(epoch) ?? new Map<string, Uint8Array>();
        this.published.set(epoch, hashes.set(hex(hash), effect.bytes));
        return;
      }
      case 'evidence':
        this.evidence.push(effect.what);
        return;
      case 'tell':
        this.record(node, effect);
        this.send(node, effect);
    }
  }

  private record(node: Node, effect: Tell): void {
    // The same bytes for every other authority.
    const { recorded } = node;
    if (recorded.has(effect.bytes)) return;
    recorded.add(effect.bytes);
    if (effect.what === 'vote') {
      const { vote, hash } = verifyVote(effect.bytes, this.network.trust);
      if (hex(vote.authority) !== hex(this.names[node.authority] as AuthorityHash)) return;
      const name = `${node.authority}/${vote.epoch}/${vote.attempt}`;
      this.voted.set(name, (this.voted.get(name) ?? new Set()).add(hex(hash)));
      return;
    }
    const { document, hash } = verifyPartial(effect.bytes, this.network.trust, 1);
    const hashes = this.signed.get(document.epoch) ?? new Map<string, Set<number>>();
    const signers = hashes.get(hex(hash)) ?? new Set<number>();
    this.signed.set(document.epoch, hashes.set(hex(hash), signers.add(node.authority)));
  }

  private send(node: Node, effect: Tell): void {
    const to = this.names.findIndex((name) => hex(name) === hex(effect.to));
    if (!node.hearers.has(to)) return;
    const attempt = (): void => {
      if (this.now > effect.until || node.machine === null) return;
      const way = this.way(node.authority, to);
      if (way === null) this.at(AGAIN, attempt);
      else this.at(way, () => this.deliver(node.authority, to, effect));
    };
    attempt();
  }

  private way(from: number, to: number): Millis | null {
    if (this.options.way === undefined) return randomInt(this.rng, 500);
    return this.options.way(this.rng, from, to, this.now);
  }

  private deliver(from: number, to: number, { what, bytes }: Pick<Tell, 'what' | 'bytes'>): void {
    for (const node of this.nodes.filter((one) => one.authority === to)) {
      if (node.deaf && !node.hearers.has(from)) continue;
      if (what === 'vote') node.machine?.onVote(bytes, this.now);
      else node.machine?.onSignature(bytes, this.now);
      this.settle(node);
    }
  }

  /** What the host does while `behind`: asks some other authority for its documents. */
  private catchUp(node: Node): void {
    const { machine } = node;
    if (machine === null) return;
    this.at(1_000, () => {
      if (node.machine !== machine) return;
      if (machine.behind(this.now)) this.fetch(node, machine);
      this.catchUp(node);
    });
  }

  private fetch(node: Node, machine: AuthorityMachine): void {
    const other = pick(this.rng, this.nodes);
    if (other === node || other.machine === null) return;
    if (this.way(node.authority, other.authority) === null) return;
    const after = machine.newest()?.document.epoch ?? -1;
    for (const { document, bytes } of other.machine.documents().toReversed()) {
      if (document.epoch > after) machine.onDocument(bytes, this.now);
    }
    this.settle(node);
  }

  /** Every relay sends every authority its descriptor of each epoch, in the epoch's first third. */
  private planRenewals(epoch: number, from: Millis): void {
    for (const relay of this.network.relays) {
      const issuedAt = from + randomInt(this.rng, EPOCH / 3);
      const keys = [0, 1, 2].map((i) => relay.kem(epoch + i).publicKey);
      const signed = signDescriptor(relay.identity, {
        ...relay.descriptor,
        issuedAt,
        firstEpoch: epoch,
        keys,
      });
      for (const node of this.nodes) this.submit(node, signed, issuedAt - this.now);
    }
    const next = epochStart({ epochMs: EPOCH }, epoch + 1);
    this.at(next - this.now, () => this.planRenewals(epoch + 1, next));
  }

  private submit(node: Node, signed: Uint8Array, delay: Millis): void {
    this.at(delay + randomInt(this.rng, 1_000), () => {
      if (node.machine === null) this.submit(node, signed, RESTART / 2);
      else {
        node.machine.submit(signed, this.now);
        this.settle(node);
      }
    });
  }

  private crashesHere(): boolean {
    const { crash } = this.options;
    if (crash === undefined) return false;
    if (this.untilCrash > 0 && --this.untilCrash === 0) return true;
    return randomInt(this.rng, 1_000_000) < crash * 1_000_000;
  }
}
