/**
 * The nodes of a cluster: knows which one has which slot, follows redirections, finds the new
 * primary after a failover, and gives up on an operation when its time is over.
 */
import { AppError, isAppError } from '@tacet/base';
import { type Address, Connection, type Door, PASSING, unreachable } from './connection.ts';
import { Lane, type Operation, unreplicated, type Way } from './lane.ts';
import { LIMITS } from './limits.ts';
import type { ServerError } from './resp.ts';
import { nameOf, readTopology, redirectionOf, type Topology } from './topology.ts';

interface Node {
  readonly address: Address;
  readonly read: Lane;
  readonly write: Lane;
}

export class Cluster {
  private readonly seeds: readonly Address[];
  private readonly door: Door;
  private readonly nodes = new Map<string, Node>();
  private topology: Topology = { owners: [], primaries: new Map(), all: new Map() };
  private owners: (string | undefined)[] = [];
  private refreshing: Promise<void> | null = null;
  private looks = 0;
  private paused: { way: Way; operation: Operation }[] = [];
  private timer: NodeJS.Timeout | null = null;
  private ended = false;

  /** @throws what every seed said, if none could be used; `boxes-uncovered` */
  static async open(seeds: readonly Address[], door: Door): Promise<Cluster> {
    const cluster = new Cluster(seeds, door);
    await cluster.refresh();
    if (cluster.owners.includes(undefined)) {
      throw new AppError(
        'boxes-uncovered',
        'state',
        'the box cluster has slots without a primary: mend it first',
      );
    }
    return cluster;
  }

  private constructor(seeds: readonly Address[], door: Door) {
    this.seeds = seeds;
    this.door = door;
  }

  /** Primaries and replicas, as last heard. */
  get addresses(): readonly Address[] {
    return [...this.topology.all.values()];
  }

  get primaries(): readonly Address[] {
    return [...this.topology.primaries.values()];
  }

  /** A connection beside those that carry operations. */
  connect(address: Address): Promise<Connection> {
    return Connection.open(address, this.door);
  }

  submit(way: Way, operation: Operation): void {
    if (this.ended || performance.now() > operation.deadline) {
      operation.fail(unreachable());
      return;
    }
    const name = this.owners[operation.slot];
    const node = name === undefined ? undefined : this.nodes.get(name);
    if (node === undefined) this.later(way, operation);
    else node[way].add(operation);
  }

  async refresh(): Promise<void> {
    this.refreshing ??= this.look().finally(() => {
      this.refreshing = null;
    });
    await this.refreshing;
  }

  end(): void {
    this.ended = true;
    if (this.timer !== null) clearTimeout(this.timer);
    for (const { operation } of this.paused.splice(0)) operation.fail(unreachable());
    for (const node of this.nodes.values()) {
      node.read.end();
      node.write.end();
    }
    this.nodes.clear();
  }

  /** The map of the first node that is with the majority; of any other if there is none. */
  private async look(): Promise<void> {
    let first: unknown = null;
    let second: Topology | null = null;
    for (const address of this.candidates()) {
      try {
        const { topology, isWithMajority } = await this.ask(address);
        if (isWithMajority) {
          this.adopt(topology);
          return;
        }
        second ??= topology;
      } catch (error) {
        // A node that is merely down says least of what is wrong.
        if (first === null || isAppError(first, 'boxes-unreachable')) first = error;
      }
    }
    if (second === null) throw first;
    this.adopt(second);
  }

  /** All nodes ever heard of that may be there still, beginning with another one each time. */
  private candidates(): Address[] {
    const known = [...this.topology.all.values(), ...this.seeds];
    const all = [...new Map(known.map((each) => [nameOf(each), each])).values()];
    const from = this.looks++ % all.length;
    return [...all.slice(from), ...all.slice(0, from)];
  }

  private async ask(
    address: Address,
  ): Promise<{ readonly topology: Topology; readonly isWithMajority: boolean }> {
    const connection = await this.connect(address);
    try {
      const topology = readTopology(await connection.call('CLUSTER', 'SLOTS'), address.host);
      const info = await connection.call('CLUSTER', 'INFO');
      const text = info instanceof Uint8Array ? Buffer.from(info).toString('latin1') : '';
      // One that is cut off from the others goes on telling the map of before.
      return { topology, isWithMajority: text.includes('cluster_state:ok') };
    } finally {
      connection.end();
    }
  }

  private adopt(topology: Topology): void {
    if (this.ended) return;
    this.topology = topology;
    this.owners = [...topology.owners];
    for (const address of topology.primaries.values()) this.node(address);
    for (const [name, node] of this.nodes) {
      if (topology.primaries.has(name)) continue;
      this.nodes.delete(name);
      node.read.end();
      node.write.end();
    }
  }

  private node(address: Address): Node {
    const name = nameOf(address);
    let node = this.nodes.get(name);
    if (node === undefined) {
      const lane = (way: Way): Lane =>
        new Lane({
          way,
          address,
          door: this.door,
          onRefused: (operation, error, by) => this.refused(way, operation, error, by),
          onLost: (operation, error) => this.lost(way, operation, error),
        });
      node = { address, read: lane('read'), write: lane('write') };
      this.nodes.set(name, node);
    }
    return node;
  }

  private refused(way: Way, operation: Operation, error: ServerError, by: Address): void {
    const redirection = redirectionOf(error, by.host);
    if (redirection === null) {
      if (PASSING.has(error.code)) this.later(way, operation);
      else operation.fail(refusalOf(error));
      return;
    }
    operation.redirects += 1;
    if (operation.redirects > LIMITS.redirects) {
      this.later(way, operation);
      return;
    }
    const node = this.node(redirection.to);
    if (redirection.kind === 'ask') operation.asking = true;
    else {
      this.owners[redirection.slot] = nameOf(redirection.to);
      this.refreshSoon();
    }
    node[way].add(operation);
  }

  private lost(way: Way, operation: Operation, error: unknown): void {
    operation.asking = false;
    if (isAppError(error, 'boxes-login')) operation.fail(error);
    else this.later(way, operation);
  }

  /** After a pause and a new look at the cluster. */
  private later(way: Way, operation: Operation): void {
    if (this.ended || performance.now() > operation.deadline) {
      operation.fail(unreachable());
      return;
    }
    this.paused.push({ way, operation });
    this.refreshSoon();
  }

  private refreshSoon(): void {
    if (this.ended) return;
    this.timer ??= setTimeout(() => void this.resume(), LIMITS.retryMs);
  }

  private async resume(): Promise<void> {
    try {
      await this.refresh();
    } catch (error) {
      // No node answers: what waits is tried on the old map until its time is over.
      if (!isAppError(error)) throw error;
    }
    this.timer = null;
    for (const { way, operation } of this.paused.splice(0)) this.submit(way, operation);
  }
}

/** What a node will not do later either. */
export function refusalOf(error: ServerError): AppError {
  switch (error.code) {
    case 'OOM':
      return new AppError('boxes-full', 'storage', 'the box cluster is full: give it more memory');
    case 'NOREPLICAS':
      return unreplicated();
    case 'NOAUTH':
    case 'NOPERM':
    case 'WRONGPASS':
      return new AppError(
        'boxes-login',
        'refused',
        'a node of the box cluster refuses a command to this user',
      );
    default:
      return new AppError('boxes-failed', 'storage', 'a node of the box cluster refuses a command');
  }
}
