/**
 * Somebody with hundreds of contacts is away for weeks. Every contact writes meanwhile, is on the
 * network only now and then, and boxes end long before the absence does. Then the person comes
 * back, at the ordinary rhythm: how long until every text is there, once. Production machines,
 * virtual time; while everybody is away slots are as rare as a network allows.
 */
import { DAY, HOUR, MINUTE, type Millis } from '@tacet/base';
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
  readonly onProgress: (line: string) => void;
}

export interface AbsenceResult {
  readonly seed: number;
  readonly contacts: number;
  readonly days: number;
  readonly boxLifeDays: number;
  readonly slotMs: Millis;
  readonly texts: number;
  readonly arrived: number;
  readonly twice: number;
  /** Contacts all of whose texts are there. */
  readonly recovered: number;
  /** Minutes from coming back to the link, to half of all contacts, to the last text. */
  readonly halfMinutes: number;
  readonly allMinutes: number;
  /** Texts whose writers were told, an hour later. */
  readonly receipted: number;
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
const RARE = { slotMs: 60_000, inUseSlotMs: 60_000, delayMeanMs: 1_000, digestMs: 60_000 };
/**
 * How often contacts are on the network while the person is away, and for how long: all of them in
 * the same hours, and the relays stand still between, which takes no digest from anybody.
 */
const EVERY: Millis = 9 * DAY;
const STAYS: Millis = 70 * MINUTE;
/** When each contact writes, as shares of the absence. */
const WRITES = [0.02, 0.35, 0.9];

interface Written {
  readonly friend: Person;
  readonly id: string;
  readonly text: string;
}

export async function absence(options: AbsenceOptions): Promise<AbsenceResult> {
  const trace = new Trace();
  const { seed, days, onProgress } = options;
  const world = new World({
    seed,
    trace,
    onion: modelledOnion,
    network: { edges: 4, parameters: USUAL },
  });
  const { centre, friends } = await makeCircle(world, options.contacts, onProgress);
  sleep(world, centre);
  for (const relay of world.relays) world.stop(relay);
  world.change = RARE;
  await world.run((Math.floor(world.now / DAY) + 1) * DAY + MINUTE);
  const gone = world.now;
  const written: Written[] = [];
  const back = gone + days * DAY;
  for (let at = gone; at < back - 2 * DAY; at += EVERY) {
    await world.run(at);
    await visit(world, friends, (share) => gone + share * days * DAY, written);
    onProgress(`day ${(at - gone) / DAY}, ${written.length} texts, ${trace.rows} frames`);
  }
  // Documents of the last day before say that slots are as usual again.
  await world.run(back - 2 * DAY);
  world.change = {
    slotMs: USUAL.slotMs,
    inUseSlotMs: USUAL.inUseSlotMs,
    delayMeanMs: USUAL.delayMeanMs,
    digestMs: USUAL.digestMs,
  };
  await world.run(Math.floor(back / DAY) * DAY + MINUTE);
  for (const relay of world.relays) world.start(relay);
  const returned = world.now;
  wake(world, centre);
  const texts = new Map(friends.map(({ name }) => [name, new Set<string>()]));
  for (const { friend, text } of written) texts.get(friend.name)?.add(text);
  const recovered = (): number =>
    friends.filter((friend) => {
      const here = textsOf(centre, friend.name);
      return [...(texts.get(friend.name) ?? [])].every((text) => here.includes(text));
    }).length;
  let half: Millis | null = null;
  const end = returned + 12 * HOUR;
  let done = recovered();
  while (done < friends.length && world.now < end) {
    await world.run(world.now + MINUTE);
    done = recovered();
    if (half === null && done >= friends.length / 2) half = world.now;
  }
  const allMinutes = (world.now - returned) / MINUTE;
  onProgress(`${done} of ${friends.length} contacts recovered after ${allMinutes} min`);
  for (const friend of friends) wake(world, friend);
  await world.run(world.now + 20 * MINUTE);
  let arrived = 0;
  let twice = 0;
  for (const { friend, text } of written) {
    const copies = textsOf(centre, friend.name).filter((one) => one === text).length;
    if (copies > 0) arrived++;
    if (copies > 1) twice++;
  }
  return {
    seed,
    contacts: options.contacts,
    days,
    boxLifeDays: LIFE,
    slotMs: USUAL.slotMs,
    texts: written.length,
    arrived,
    twice,
    recovered: done,
    halfMinutes: Math.round(((half ?? world.now) - returned) / MINUTE),
    allMinutes: Math.round(allMinutes),
    receipted: written.filter(({ friend, id }) => friend.client.message(id).state === 'delivered')
      .length,
    trace: trace.digest(),
  };
}

function textsOf(who: Person, name: string): string[] {
  return who.client
    .messages({ contactId: name, limit: 500 })
    .filter(({ direction }) => direction === 'in')
    .map(({ text }) => text);
}

/** All friends are on the network for a while; what is to be said by then is said. */
async function visit(
  world: World,
  friends: readonly Person[],
  when: (share: number) => Millis,
  written: Written[],
): Promise<void> {
  for (const relay of world.relays) if (!relay.up) world.start(relay);
  const due = WRITES.filter((share) => when(share) <= world.now).length;
  for (const friend of friends) wake(world, friend);
  await world.run(world.now + 10 * MINUTE);
  for (const friend of friends) {
    for (let said = written.filter((one) => one.friend === friend).length; said < due; said++) {
      const text = `${friend.name} ${said}`;
      const options = { contactId: 'centre', text, clientId: null };
      const { id } = friend.client.sendText(options, world.now);
      written.push({ friend, id, text });
      world.pumpPerson(friend);
    }
  }
  await world.run(world.now + STAYS);
  for (const friend of friends) sleep(world, friend);
  for (const relay of world.relays) world.stop(relay);
}
