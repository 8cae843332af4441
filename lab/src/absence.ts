/**
 * Somebody with hundreds of contacts is away for weeks. Every contact writes meanwhile, is on the
 * network only now and then, and boxes end long before the absence does. Then the person comes
 * back, at the ordinary rhythm: how long until every text is there, once. Production machines,
 * virtual time; while everybody is away slots are as rare as a network allows.
 */
import { DAY, HOUR, MINUTE, type Millis } from '@tacet/base';
import { quantile } from '@tacet/testkit/quantile';
import { makeCircle, sleep, wake } from './circle.ts';
import { modelledOnion } from './onion.ts';
import type { Person } from './person.ts';
import { Trace } from './trace.ts';
import { USUAL_RATES } from './usual-rates.ts';
import { World } from './world.ts';

export interface AbsenceOptions {
  readonly seed: number;
  readonly contacts: number;
  readonly days: number;
  /** Of the person who comes back; but for Strong a window is in use from then on. */
  readonly level: 'strong' | 'balanced' | 'fast';
  readonly onProgress: (line: string) => void;
}

export interface AbsenceResult {
  readonly seed: number;
  readonly contacts: number;
  readonly days: number;
  readonly level: string;
  readonly boxLifeDays: number;
  readonly slotMs: Millis;
  readonly texts: number;
  /** Texts older than boxes live, and those that were written again since. */
  readonly older: number;
  readonly writtenAgain: number;
  readonly arrived: number;
  readonly twice: number;
  /** Contacts all of whose texts are there, while none of them is on the network. */
  readonly recovered: number;
  /** Minutes from coming back to the last text of a contact. */
  readonly p50Minutes: number;
  readonly p95Minutes: number;
  readonly maxMinutes: number;
  /** Texts whose writers were told, and minutes from their coming back until the last was. */
  readonly receipted: number;
  readonly receiptMinutes: number;
  readonly trace: string;
}

const LIFE = 21;
const USUAL = {
  ...USUAL_RATES,
  epochMs: DAY,
  keysAhead: 3,
  validEpochs: 3,
  boxLifeDays: LIFE,
};
const RARE = { slotMs: 60_000, inUseSlotMs: 60_000, delayMeanMs: 5_000, digestMs: 60_000 };
/**
 * While the person is away each contact is on the network once in nine days, a third of them at a
 * time, and the relays stand still between, which takes no digest from anybody.
 */
const EVERY: Millis = 3 * DAY;
const GROUPS = 3;
const SETTLES: Millis = 10 * MINUTE;
const STAYS: Millis = 35 * MINUTE;
/** When each contact writes, as shares of the absence. */
const WRITES = [0.02, 0.35, 0.9];
const PATIENCE: Millis = DAY;
const RECEIPTS: Millis = 3 * HOUR;

interface Written {
  readonly friend: Person;
  readonly id: string;
  readonly text: string;
  readonly at: Millis;
}

export async function absence(options: AbsenceOptions): Promise<AbsenceResult> {
  const trace = new Trace();
  const { seed, days, level, onProgress } = options;
  const world = new World({
    seed,
    trace,
    onion: modelledOnion,
    network: { edges: 4, parameters: USUAL },
  });
  const { centre, friends } = await makeCircle(world, options.contacts, onProgress);
  centre.client.levels.set(level, true, world.now);
  sleep(world, centre);
  for (const relay of world.relays) world.stop(relay);
  world.change = RARE;
  await world.run((Math.floor(world.now / DAY) + 1) * DAY + MINUTE);
  const gone = world.now;
  const written: Written[] = [];
  const back = gone + days * DAY;
  for (let at = gone, n = 0; at < back - 2 * DAY; at += EVERY, n++) {
    await world.run(at);
    const group = friends.filter((_, place) => place % GROUPS === n % GROUPS);
    await visit(world, group, (share) => gone + share * days * DAY, written);
    onProgress(`day ${(at - gone) / DAY}, ${written.length} texts, ${trace.rows} frames`);
  }
  // Documents of the last day before say that slots are as usual again.
  await world.run(back - 2 * DAY);
  const { slotMs, inUseSlotMs, delayMeanMs, digestMs } = USUAL;
  world.change = { slotMs, inUseSlotMs, delayMeanMs, digestMs };
  await world.run(Math.floor(back / DAY) * DAY + MINUTE);
  for (const relay of world.relays) world.start(relay);
  const returned = world.now;
  wake(world, centre);
  const minutes = await catchUp(world, centre, friends, written, level !== 'strong');
  onProgress(`${minutes.length} of ${friends.length} contacts after ${minutes.at(-1)} min`);
  const writtenAgain = written.filter(({ friend, id }) =>
    friend.client.message(id).evidence.some(({ what }) => what === 'renewed'),
  ).length;
  const awake = world.now;
  for (const friend of friends) wake(world, friend);
  const receipted = (): number =>
    written.filter(({ friend, id }) => friend.client.message(id).state === 'delivered').length;
  while (receipted() < written.length && world.now < awake + RECEIPTS) {
    await world.run(world.now + MINUTE);
  }
  const copies = written.map(
    ({ friend, text }) => textsOf(centre, friend.name).filter((one) => one === text).length,
  );
  return {
    seed,
    contacts: options.contacts,
    days,
    level,
    boxLifeDays: LIFE,
    slotMs,
    texts: written.length,
    older: written.filter(({ at }) => at < returned - LIFE * DAY).length,
    writtenAgain,
    arrived: copies.filter((n) => n > 0).length,
    twice: copies.filter((n) => n > 1).length,
    recovered: minutes.length,
    p50Minutes: quantile(minutes, 0.5),
    p95Minutes: quantile(minutes, 0.95),
    maxMinutes: quantile(minutes, 1),
    receipted: receipted(),
    receiptMinutes: Math.round((world.now - awake) / MINUTE),
    trace: trace.digest(),
  };
}

/** Minutes until all texts of a contact are there, for each contact, in order. */
async function catchUp(
  world: World,
  centre: Person,
  friends: readonly Person[],
  written: readonly Written[],
  looks: boolean,
): Promise<number[]> {
  const returned = world.now;
  const waiting = new Map(friends.map((friend) => [friend.name, new Set<string>()]));
  for (const { friend, text } of written) waiting.get(friend.name)?.add(text);
  const minutes: number[] = [];
  while (waiting.size > 0 && world.now < returned + PATIENCE) {
    if (looks) centre.client.setWindowInUse(true, world.now);
    world.pumpPerson(centre);
    await world.run(world.now + MINUTE);
    for (const [name, texts] of waiting) {
      for (const text of textsOf(centre, name)) texts.delete(text);
      if (texts.size > 0) continue;
      waiting.delete(name);
      minutes.push(Math.round((world.now - returned) / MINUTE));
    }
  }
  return minutes;
}

function textsOf(who: Person, name: string): string[] {
  return who.client
    .messages({ contactId: name, limit: 500 })
    .filter(({ direction }) => direction === 'in')
    .map(({ text }) => text);
}

/** Some friends are on the network for a while; what is to be said by then is said. */
async function visit(
  world: World,
  friends: readonly Person[],
  when: (share: number) => Millis,
  written: Written[],
): Promise<void> {
  for (const relay of world.relays) if (!relay.up) world.start(relay);
  const due = WRITES.filter((share) => when(share) <= world.now).length;
  for (const friend of friends) wake(world, friend);
  await world.run(world.now + SETTLES);
  for (const friend of friends) {
    for (let said = written.filter((one) => one.friend === friend).length; said < due; said++) {
      const text = `${friend.name} ${said}`;
      const options = { contactId: 'centre', text, clientId: null };
      const { id } = friend.client.sendText(options, world.now);
      written.push({ friend, id, text, at: world.now });
      world.pumpPerson(friend);
    }
  }
  await world.run(world.now + STAYS);
  for (const friend of friends) sleep(world, friend);
  for (const relay of world.relays) world.stop(relay);
}
