/**
 * The own edge of somebody with many contacts goes for good while all of them write both ways: killed
 * at once, or drained, that is, left out of a document first. It is home of boxes, too. How long
 * until everybody was told that their text arrived; and how long where no edge goes, since a person
 * with many contacts has a slot for each box. Production machines, virtual time, usual rates.
 */
import { HOUR, hex, MINUTE, type Millis, SECOND } from '@tacet/base';
import { quantile } from '@tacet/testkit/quantile';
import { makeCircle, wake } from './circle.ts';
import { modelledOnion } from './onion.ts';
import type { Person } from './person.ts';
import { Trace } from './trace.ts';
import { USUAL_RATES } from './usual-rates.ts';
import { type RelayNode, World } from './world.ts';

export interface EdgeLossOptions {
  readonly seed: number;
  readonly contacts: number;
  /** Drained: left out of documents an epoch before it stops. */
  readonly loss: 'none' | 'killed' | 'drained';
}

export interface EdgeLossResult extends EdgeLossOptions {
  readonly texts: number;
  readonly arrived: number;
  readonly twice: number;
  readonly delivered: number;
  /** Minutes from writing to the receipt: of texts written before the edge stopped, and after. */
  readonly beforeP95: number;
  readonly beforeMax: number;
  readonly afterP95: number;
  readonly afterMax: number;
  /** What the person's slots carried from the first text until the last was told; `all` of them. */
  readonly slots: Readonly<Record<string, number>>;
}

const EPOCH: Millis = 20 * MINUTE;
const PATIENCE: Millis = 6 * HOUR;

interface Said {
  readonly from: Person;
  readonly to: Person;
  readonly id: string;
  readonly text: string;
  readonly late: boolean;
}

export async function edgeLoss(options: EdgeLossOptions): Promise<EdgeLossResult> {
  const { seed, contacts, loss } = options;
  const parameters = { ...USUAL_RATES, epochMs: EPOCH, keysAhead: 6, validEpochs: 6 };
  const network = { edges: 5, parameters };
  const requests: { readonly name: string; readonly slot: Millis; readonly what: string }[] = [];
  const world = new World({
    seed,
    trace: new Trace(),
    onion: modelledOnion,
    network,
    onRequest: (name, { plan: { what }, slot }) => requests.push({ name, slot, what }),
  });
  const { centre, friends } = await makeCircle(world, contacts, () => undefined);
  for (const friend of friends) wake(world, friend);
  await world.run(world.now + 5 * MINUTE);
  const edge = ownEdge(world, centre);
  if (loss === 'drained') {
    edge.listed = false;
    await world.run(world.now + EPOCH + 5 * MINUTE);
  }
  const said: Said[] = [];
  const began = world.now;
  say(world, centre, friends, said, false);
  // Some are stored by then, some on their way, some not sent yet.
  await world.run(world.now + 10 * SECOND);
  if (loss !== 'none') {
    world.stop(edge);
    edge.listed = false;
  }
  await world.run(world.now + MINUTE);
  say(world, centre, friends, said, true);
  const end = world.now + PATIENCE;
  const open = (): boolean =>
    said.some(({ from, id }) => from.client.message(id).state !== 'delivered');
  while (open() && world.now < end) await world.run(world.now + MINUTE);
  const slots: Record<string, number> = {
    all: Math.round((world.now - began) / parameters.slotMs),
  };
  for (const { name, slot, what } of requests) {
    if (name === centre.name && slot >= began) slots[what] = (slots[what] ?? 0) + 1;
  }
  const copies = said.map(
    ({ from, to, text }) =>
      to.client.messages({ contactId: from.name, limit: 50 }).filter((one) => one.text === text)
        .length,
  );
  const [before, after] = [false, true].map((late) => minutes(said, late));
  return {
    ...options,
    texts: said.length,
    arrived: copies.filter((n) => n > 0).length,
    twice: copies.filter((n) => n > 1).length,
    delivered: (before?.length ?? 0) + (after?.length ?? 0),
    beforeP95: rounded(quantile(before ?? [], 0.95)),
    beforeMax: rounded(quantile(before ?? [], 1)),
    afterP95: rounded(quantile(after ?? [], 0.95)),
    afterMax: rounded(quantile(after ?? [], 1)),
    slots,
  };
}

function ownEdge(world: World, person: Person): RelayNode {
  const own = person.client.levels.network(world.now)?.relays.find((one) => one.ownEdge);
  const node = world.relays.find(({ relay }) => hex(relay.hash).startsWith(own?.id ?? '-'));
  if (node === undefined) throw new RangeError('no own edge');
  return node;
}

function say(
  world: World,
  centre: Person,
  friends: readonly Person[],
  said: Said[],
  late: boolean,
): void {
  for (const friend of friends) {
    for (const [from, to] of [
      [centre, friend],
      [friend, centre],
    ] as const) {
      const text = `${said.length}`;
      const { id } = from.client.sendText({ contactId: to.name, text, clientId: null }, world.now);
      said.push({ from, to, id, text, late });
      world.pumpPerson(from);
    }
  }
}

function minutes(said: readonly Said[], late: boolean): number[] {
  const times: number[] = [];
  for (const one of said) {
    if (one.late !== late) continue;
    const { evidence, deliveredAt } = one.from.client.message(one.id);
    const saved = evidence.find(({ what }) => what === 'saved')?.at;
    if (deliveredAt !== null && saved !== undefined) times.push((deliveredAt - saved) / MINUTE);
  }
  return times.sort((a, b) => a - b);
}

/** One digit. */
function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
