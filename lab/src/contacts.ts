/**
 * Three hundred contacts, ten of them active: how long a text waits for its slot, and how long it
 * takes to the other end, in Strong and in Balanced with windows in use. Everybody's client and
 * every relay are the production machines; virtual time, the parameters of an ordinary network.
 */
import { HOUR, MINUTE, type Millis, randomExponential, randomInt } from '@tacet/base';
import type { StatusView } from '@tacet/client';

type Level = StatusView['level'];

import { type Circle, makeCircle, wake } from './circle.ts';
import { type DelayFigures, delayFigures, seconds, type Timed } from './delays.ts';
import { modelledOnion } from './onion.ts';
import { type Sent, Talk, TEXTS } from './talk.ts';
import { Courses } from './text-course.ts';
import { Trace } from './trace.ts';
import { USUAL_RATES } from './usual-rates.ts';
import { World } from './world.ts';

export interface ContactsOptions {
  readonly seed: number;
  readonly contacts: number;
  readonly active: number;
  /** Texts an hour, of the person and of all friends together. */
  readonly texts: number;
  readonly levels: readonly Level[];
  readonly minutes: number;
  /** Silent friends are on the network, too. */
  readonly all: boolean;
  readonly onProgress: (line: string) => void;
}

/** Seconds; wait: from writing to the slot it leaves in, arrival: to being saved at the other end. */
export interface LevelFigures {
  readonly level: Level;
  readonly texts: number;
  readonly arrived: number;
  readonly twice: number;
  readonly waitP50: number;
  readonly waitP95: number;
  readonly arrivalP50: number;
  readonly arrivalP95: number;
  /** Of texts into a conversation that its reader had open within five minutes before. */
  readonly opened: number;
  readonly openedP50: number;
  readonly openedP95: number;
  /** Of the others: first words of a conversation, that come by digest. */
  readonly firstP50: number;
  readonly firstP95: number;
  /** What those into open conversations spent their time on. */
  readonly delays: DelayFigures;
  /** Of those the person wrote, from leaving to the first answer of an edge. */
  readonly storedP50: number;
  readonly receiptP50: number;
  readonly receiptP95: number;
}

export interface ContactsResult {
  readonly seed: number;
  readonly contacts: number;
  readonly active: number;
  readonly textsPerHour: number;
  readonly minutes: number;
  readonly slotMs: Millis;
  readonly inUseSlotMs: Millis;
  readonly delayMeanMs: Millis;
  readonly levels: readonly LevelFigures[];
  readonly trace: string;
}

/** docs/spec/parameters.md, "usual", and an epoch that the run does not cross more than it must. */
const USUAL = {
  ...USUAL_RATES,
  epochMs: HOUR,
  keysAhead: 6,
  validEpochs: 6,
};

export async function contacts(options: ContactsOptions): Promise<ContactsResult> {
  const trace = new Trace();
  const courses = new Courses();
  const world = new World({
    seed: options.seed,
    trace,
    onion: (network) => courses.listen(modelledOnion(network)),
    onRequest: courses.onRequest,
    network: { edges: 4, parameters: USUAL },
  });
  const circle = await makeCircle(world, options.contacts, options.onProgress);
  // The others keep their place in the person's store; on the network they would add nothing to it.
  const awake = options.all ? circle.friends : circle.friends.slice(0, options.active);
  for (const friend of awake) wake(world, friend);
  const levels: LevelFigures[] = [];
  for (const level of options.levels) {
    levels.push(await measure(circle, courses, level, options));
    options.onProgress(`${level} done, ${trace.rows} frames`);
  }
  return {
    seed: options.seed,
    contacts: options.contacts,
    active: options.active,
    textsPerHour: options.texts,
    minutes: options.minutes,
    slotMs: USUAL.slotMs,
    inUseSlotMs: USUAL.inUseSlotMs,
    delayMeanMs: USUAL.delayMeanMs,
    levels,
    trace: trace.digest(),
  };
}

async function measure(
  { world, centre, friends }: Circle,
  courses: Courses,
  level: Level,
  options: ContactsOptions,
): Promise<LevelFigures> {
  for (const person of [centre, ...friends.filter(({ up }) => up)])
    person.client.levels.set(level, true, world.now);
  const active = friends.slice(0, options.active);
  const end = world.now + (options.minutes + 30) * MINUTE;
  /** A window before somebody's eyes; in Strong it changes nothing. */
  const look = (): void => {
    for (const person of [centre, ...active]) {
      person.client.setWindowInUse(true, world.now);
      world.pumpPerson(person);
    }
    if (world.now < end) world.time.after(MINUTE, look);
  };
  look();
  // After coming back everybody catches up first.
  await world.run(world.now + 15 * MINUTE);
  const talk = new Talk(world, centre, level);
  const until = world.now + options.minutes * MINUTE;
  const begin = (): void => {
    const at = world.now + randomExponential(world.rng, HOUR / (options.texts / TEXTS));
    if (at > until) return;
    world.time.at(at, () => {
      const friend = active[randomInt(world.rng, active.length)];
      if (friend !== undefined) talk.begin(friend);
      begin();
    });
  };
  begin();
  await world.run(until + 15 * MINUTE);
  return figures(level, talk.sent, courses);
}

function figures(level: Level, sent: readonly Sent[], courses: Courses): LevelFigures {
  const waits: number[] = [];
  const stored: number[] = [];
  const arrivals: number[] = [];
  const receipts: number[] = [];
  const opened: Timed[] = [];
  const first: number[] = [];
  let twice = 0;
  for (const { from, to, id, text, open } of sent) {
    const { evidence, deliveredAt } = from.client.message(id);
    const at = (what: string): number =>
      evidence.find((one) => one.what === what)?.at ?? Number.NaN;
    waits.push(at('part-sent') - at('saved'));
    stored.push(at('part-stored') - at('part-sent'));
    if (deliveredAt !== null) receipts.push(deliveredAt - at('saved'));
    const copies = to.client
      .messages({ contactId: from.name, limit: 500 })
      .filter((one) => one.text === text);
    if (copies.length > 1) twice++;
    const [copy] = copies;
    if (copy?.arrivedAt == null) continue;
    arrivals.push(copy.arrivedAt - at('saved'));
    const took = copy.arrivedAt - at('saved');
    if (open) opened.push({ took, course: courses.of(from, id, to, copy.arrivedAt) });
    else first.push(took);
  }
  const times = opened.map(({ took }) => took);
  return {
    level,
    texts: sent.length,
    arrived: arrivals.length,
    twice,
    waitP50: seconds(waits, 0.5),
    waitP95: seconds(waits, 0.95),
    arrivalP50: seconds(arrivals, 0.5),
    arrivalP95: seconds(arrivals, 0.95),
    opened: opened.length,
    openedP50: seconds(times, 0.5),
    openedP95: seconds(times, 0.95),
    firstP50: seconds(first, 0.5),
    firstP95: seconds(first, 0.95),
    delays: delayFigures(opened),
    storedP50: seconds(stored, 0.5),
    receiptP50: seconds(receipts, 0.5),
    receiptP95: seconds(receipts, 0.95),
  };
}
