/**
 * A network to which people come, write boxes, read some and leave; then every relay is seized.
 * Prints one JSON object. Arguments: the addresses of people, and one that is only told, by a caller
 * who does not go on.
 */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { markKey } from '@tacet/wire';
import { formsOfAddress } from '../lib/addresses.ts';
import { findInMemory } from '../lib/memory.ts';
import { PacketClient } from '../lib/packet-client.ts';
import { ProcessNetwork } from '../lib/processes.ts';
import { edgesOf, formsOfBox, readMany, type Stored, writeMany } from './boxes.ts';
import { filesIn, processIn } from './hits.ts';
import { type Order, orderIn } from './order.ts';
import { People } from './people.ts';

export interface Orders {
  readonly edge: string;
  readonly boxes: number;
  readonly read: number;
  readonly memory: { readonly writes: Order; readonly reads: Order };
  readonly disk: { readonly writes: Order; readonly reads: Order };
}

export interface Findings {
  /** Process and form of every address that is found while its people are there. */
  readonly present: readonly string[];
  /** The same when they have gone. */
  readonly gone: readonly string[];
  /** Processes in which the told address was found while its caller held on. */
  readonly told: readonly string[];
  /** When all were written, and when all should be forgotten. */
  readonly atOnce: readonly Orders[];
  readonly forgotten: readonly Orders[];
}

const [TOLD = '', ...PEOPLE] = process.argv.slice(2).reverse();
const BOXES = 160;
/** At each edge. */
const ENOUGH = 40;
const READS = 110;
const SLOT = 50;
const PATIENCE = 20_000;
/** Relays get a document in the last 4 % of the epoch before; a busy machine takes its time. */
const EPOCH = 20_000;
const GRACE = 1_000;
/** As long as may be within a test: a digest tells everybody which boxes came before it. */
const DIGEST = 20_000;
/** How long fills are known as recent, and the store's log of writes is kept (docs/spec/05-boxes.md). */
const RECENT = 20_000;
const LOG = 30_000;
/** A busy machine does all this later. */
const MARGIN = 3_000;

const network = await ProcessNetwork.create({
  set: {
    epochMs: EPOCH,
    graceMs: GRACE,
    keysAhead: 3,
    validEpochs: 3,
    slotMs: SLOT,
    inUseSlotMs: SLOT,
    digestMs: DIGEST,
    delayMeanMs: 20,
  },
});
const people = new People(network);

/** Names of processes that hold what a caller said who is still there. */
async function toldFound(): Promise<string[]> {
  const forms = formsOfAddress(TOLD);
  const found: string[] = [];
  for (const { name, port } of people.knockable) {
    const end = Date.now() + PATIENCE;
    let socket = await people.tell(port, TOLD);
    while (!found.includes(name) && Date.now() < end) {
      if (findInMemory(network.pid(name), forms).size > 0) found.push(name);
      // The door shows out who does not go on after a while.
      else if (socket.destroyed) socket = await people.tell(port, TOLD);
      else await pause(100);
    }
    socket.destroy();
  }
  return found;
}

function addressesFound(): string[] {
  const patterns = [...PEOPLE.flatMap(formsOfAddress), ...people.peers];
  return network.names.flatMap((name) =>
    [...findInMemory(network.pid(name), patterns)].map((form) => `${name}: ${form}`),
  );
}

/** @param written, @param read in the order in which they were */
function ordersOf(
  written: readonly Stored[],
  read: readonly Stored[],
  digests: ReadonlyMap<bigint, number>,
): Orders[] {
  return edgesOf(network).map(({ name }) => {
    const own = written.filter(({ edge }) => edge === name);
    const ownRead = read.filter(({ edge }) => edge === name);
    const look = (hits: (boxes: readonly Stored[]) => Parameters<typeof orderIn>[1]) => ({
      // What one says of order, everybody is told.
      writes: orderIn(
        own.map(({ mark }) => digests.get(markKey(mark)) ?? 0),
        hits(own),
      ),
      reads: orderIn(
        ownRead.map(() => 0),
        hits(ownRead),
      ),
    });
    return {
      edge: name,
      boxes: own.length,
      read: ownRead.length,
      memory: look((boxes) => processIn(network.pid(name), formsOf(boxes))),
      disk: look((boxes) => filesIn(join(network.dir, name, 'data'), formsOf(boxes))),
    };
  });
}

function formsOf(boxes: readonly Stored[]): Uint8Array[][] {
  return boxes.map((box) => formsOfBox(box).map(({ bytes }) => bytes));
}

/** For each mark the digest that named it, as an edge tells everybody who comes within an hour. */
async function digestsOf(boxes: readonly Stored[]): Promise<ReadonlyMap<bigint, number>> {
  const witness = await PacketClient.join(network.card, 1);
  await witness.document();
  await witness.until(() => boxes.every(({ mark }) => witness.hasSeen(mark)));
  witness.close();
  return witness.digestOf;
}

/** Boxes of the edge that has fewest. */
function fewestOf(boxes: readonly Stored[]): number {
  return Math.min(
    ...edgesOf(network).map(({ name }) => boxes.filter(({ edge }) => edge === name).length),
  );
}

/** Until the end of a grace after everything was forgotten: then engines are collected. */
async function untilForgotten(since: number): Promise<void> {
  const grace = Math.ceil((since + RECENT - GRACE) / EPOCH) * EPOCH + GRACE;
  await pause(Math.max(since + LOG, grace) + MARGIN - Date.now());
}

try {
  await network.startAll();
  const told = await toldFound();
  const visitors = await Promise.all(PEOPLE.map((address) => people.joinFrom(address)));
  for (const address of PEOPLE) await people.askAuthority(address);
  for (const visitor of visitors) {
    while ((await writeMany(visitor, network, 1)).length === 0);
  }
  const present = addressesFound();
  for (const visitor of visitors) visitor.close();
  const writer = await PacketClient.join(network.card, 1);
  const written: Stored[] = [];
  // Of few boxes no order is seen. On a busy machine packets come too late, and are dropped.
  do written.push(...(await writeMany(writer, network, BOXES)));
  while (fewestOf(written) < ENOUGH);
  writer.close();
  // Nobody who looks at memory answers an edge meanwhile: each look is followed by another client.
  const atOnce = ordersOf(written, [], new Map());
  const reader = await PacketClient.join(network.card, 1);
  const read = await readMany(reader, written, READS);
  reader.close();
  await untilForgotten(Date.now());
  const forgotten = ordersOf(written, read, await digestsOf(written));
  const gone = addressesFound();
  const findings: Findings = { told, present, gone, atOnce, forgotten };
  process.stdout.write(`${JSON.stringify(findings)}\n`);
} finally {
  people.close();
  await network.close();
}
process.exit(0);
