/** Boxes that are written and read, and the forms in which an edge may have them. */
import { setTimeout as pause } from 'node:timers/promises';
import { equalBytes } from '@tacet/base';
import { decodeCard, type RelayHash } from '@tacet/directory';
import { type BoxRequest, markKey } from '@tacet/wire';
import { makeBox, randomMark, type TestBox } from '../lib/boxes.ts';
import type { Pattern } from '../lib/memory.ts';
import type { PacketClient } from '../lib/packet-client.ts';
import type { ProcessNetwork } from '../lib/processes.ts';

/** What an answer may be late; on a busy machine packets are, and then they are dropped. */
const PATIENCE = 5_000;

export interface Stored extends TestBox {
  readonly home: RelayHash;
  /** The process. */
  readonly edge: string;
}

/** Processes of the card's edges, which it names in an order of its own. */
export function edgesOf(
  network: ProcessNetwork,
): { name: string; relay: RelayHash; port: number }[] {
  return decodeCard(network.card).edges.map(({ address, relay }) => {
    const port = Number(address.split(':').at(-1));
    const process = network.description.processes.find(({ ports }) => ports.includes(port));
    return { name: process?.name ?? '', relay, port };
  });
}

/** One in each slot of the client, whether or not the last was answered; those stored, as they went. */
export async function writeMany(
  client: PacketClient,
  network: ProcessNetwork,
  count: number,
): Promise<Stored[]> {
  const { document } = await client.document();
  const edges = edgesOf(network);
  const asked = Array.from({ length: count }, async (_, i) => {
    const box = makeBox(document.networkId, i);
    const [home] = client.home(box.mark);
    const edge = edges.find(({ relay }) => equalBytes(relay, home))?.name ?? '';
    const stored = await isAnswered(client, home, { kind: 'put', record: box.record }, 'stored');
    return stored ? { ...box, home, edge } : null;
  });
  return (await Promise.all(asked)).filter((box) => box !== null);
}

/** Likewise, in an order by lot. */
export async function readMany(
  client: PacketClient,
  boxes: readonly Stored[],
  count: number,
): Promise<Stored[]> {
  await client.document();
  const drawn = boxes.map((box) => ({ box, lot: Math.random() })).sort((a, b) => a.lot - b.lot);
  const asked = drawn.slice(0, count).map(async ({ box }) => {
    const marks = [randomMark(), box.mark, randomMark()] as const;
    const read = await isAnswered(client, box.home, { kind: 'get', waitMs: 0, marks }, 'read');
    return read ? box : null;
  });
  return (await Promise.all(asked)).filter((box) => box !== null);
}

/** False when no such answer came. */
export async function isAnswered(
  client: PacketClient,
  edge: RelayHash,
  request: BoxRequest,
  status: string,
): Promise<boolean> {
  const { outcome } = await client.send(edge, request);
  const answered = await Promise.race([outcome, pause(PATIENCE, null)]);
  return answered?.answer.status === status;
}

/** What an edge may hold of a box, in the forms in which it may. */
export function formsOfBox({ mark, record }: TestBox): Pattern[] {
  const view = new DataView(mark.buffer, mark.byteOffset);
  const key = Buffer.alloc(8);
  key.writeBigUInt64LE(markKey(mark));
  const floats = new Float64Array([view.getInt32(0, true), view.getInt32(4, true)]);
  const words = [mark.subarray(0, 4), Buffer.alloc(4), mark.subarray(4)];
  return [
    { name: 'mark', bytes: mark },
    // As the engine keeps large integers, small ones and floats.
    { name: 'mark, an integer', bytes: key },
    { name: 'mark, two small integers', bytes: Buffer.concat(words) },
    // Without the zeros before it, of which memory is full.
    { name: 'mark, two floats', bytes: new Uint8Array(floats.buffer, 2) },
    { name: 'mark, hex', bytes: Buffer.from(Buffer.from(mark).toString('hex')) },
    { name: 'id', bytes: record.subarray(0, 24) },
    { name: 'signature', bytes: record.subarray(40, 64) },
    { name: 'content', bytes: record.subarray(104, 128) },
  ];
}
