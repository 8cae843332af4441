/** Reads the map of a cluster: which node is the primary of which slots. */
import { AppError } from '@tacet/base';
import type { Address } from './connection.ts';
import { LIMITS } from './limits.ts';
import { type Reply, ServerError } from './resp.ts';
import { SLOTS } from './slots.ts';

export interface Topology {
  /** `host:port` of each slot's primary, or undefined. */
  readonly owners: readonly (string | undefined)[];
  readonly primaries: ReadonlyMap<string, Address>;
  /** Primaries and replicas. */
  readonly all: ReadonlyMap<string, Address>;
}

export function nameOf({ host, port }: Address): string {
  return `${host}:${port}`;
}

/**
 * @param reply to `CLUSTER SLOTS`; @param asked host of the node that was asked, for nodes that do
 * not know their own. Throws `boxes-not-cluster` or `boxes-protocol`.
 */
export function readTopology(reply: Reply, asked: string): Topology {
  if (reply instanceof ServerError) {
    throw new AppError(
      'boxes-not-cluster',
      'usage',
      'a node of the box cluster is not part of a cluster: set `cluster-enabled yes` there',
    );
  }
  const owners: (string | undefined)[] = new Array(SLOTS).fill(undefined);
  const primaries = new Map<string, Address>();
  const all = new Map<string, Address>();
  for (const range of list(reply)) {
    const [first, last, ...nodes] = list(range);
    const addresses = nodes.map((node) => addressOf(list(node), asked));
    const [primary] = addresses;
    if (!isSlot(first) || !isSlot(last) || primary === undefined) throw outOfForm();
    owners.fill(nameOf(primary), first, last + 1);
    primaries.set(nameOf(primary), primary);
    for (const address of addresses) all.set(nameOf(address), address);
    if (all.size > LIMITS.nodes) throw outOfForm();
  }
  return { owners, primaries, all };
}

export interface Redirection {
  readonly kind: 'moved' | 'ask';
  readonly slot: number;
  readonly to: Address;
}

/** Null: the error is none. */
export function redirectionOf(error: ServerError, asked: string): Redirection | null {
  const match = /^(MOVED|ASK) (\d{1,5}) (.*):(\d{1,5})$/.exec(error.text);
  if (match === null) return null;
  const [, kind, slot, host, port] = match;
  const to = { host: host || asked, port: Number(port) };
  if (!isSlot(Number(slot)) || !isPort(to.port)) return null;
  return { kind: kind === 'ASK' ? 'ask' : 'moved', slot: Number(slot), to };
}

function addressOf([host, port]: readonly Reply[], asked: string): Address {
  if (!isPort(port)) throw outOfForm();
  const text = host instanceof Uint8Array ? Buffer.from(host).toString('latin1') : '';
  // A node that does not know its own address is reached where it was asked.
  return { host: text === '' || text === '?' ? asked : text, port };
}

function list(reply: Reply | undefined): readonly Reply[] {
  if (!Array.isArray(reply)) throw outOfForm();
  return reply;
}

function isSlot(value: Reply | undefined): value is number {
  return typeof value === 'number' && value >= 0 && value < SLOTS;
}

function isPort(value: Reply | undefined): value is number {
  return typeof value === 'number' && value > 0 && value < 65_536;
}

function outOfForm(): AppError {
  return new AppError('boxes-protocol', 'network', 'a node of the box cluster answers out of form');
}
