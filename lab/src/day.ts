/**
 * One virtual day of a small network: three mixes, two edges, people who meet by invitation,
 * write at human hours, use Strong and Balanced, go away and come back. Prints what they
 * experienced; the trace's hash is the run's fingerprint.
 */
import {
  DAY,
  HOUR,
  MINUTE,
  type Millis,
  randomBetween,
  randomExponential,
  randomInt,
  SECOND,
} from '@tacet/base';
import { quantile } from '@tacet/testkit/quantile';
import { modelledOnion } from './onion.ts';
import type { Person } from './person.ts';
import { Trace } from './trace.ts';
import { World } from './world.ts';

export interface DayOptions {
  readonly seed: number;
  readonly people: number;
  readonly hours: number;
  /** Up period T; the in-use period is half of it. */
  readonly slotMs: Millis;
  readonly onProgress: (line: string) => void;
}

export interface DayResult {
  readonly seed: number;
  readonly people: number;
  readonly hours: number;
  readonly slotMs: Millis;
  readonly texts: number;
  readonly delivered: number;
  readonly underWay: number;
  readonly lost: number;
  readonly twice: number;
  /** Seconds from writing to being saved at the other end, people offline included. */
  readonly arrivalP50: number;
  readonly arrivalP95: number;
  /** Seconds from writing to the receipt, its deliberate pause included. */
  readonly receiptP50: number;
  readonly frames: number;
  readonly alarms: Readonly<Record<string, number>>;
  readonly trace: string;
}

/** A thrifty network: T = 4 s, 1/mu = 0.8 s, digests each 10 s. */
function parametersOf(slotMs: Millis): Record<string, number> {
  return {
    epochMs: HOUR,
    keysAhead: 4,
    validEpochs: 3,
    slotMs,
    inUseSlotMs: slotMs / 2,
    delayMeanMs: slotMs / 5,
    digestMs: 10 * SECOND,
    receiptInUseMs: 10 * SECOND,
    receiptMs: MINUTE,
    receiptStrongMs: 5 * MINUTE,
    secondCopyMinMs: 5 * SECOND,
    secondCopyMaxMs: MINUTE,
    holdMeanMs: 90 * SECOND,
  };
}

export async function day(options: DayOptions): Promise<DayResult> {
  const trace = new Trace();
  const world = new World({
    seed: options.seed,
    trace,
    onion: modelledOnion,
    network: { parameters: parametersOf(options.slotMs) },
  });
  const start = world.now;
  const people: Person[] = [];
  for (let i = 0; i < options.people; i++) {
    const person = await world.addPerson(`person-${i}`);
    people.push(person);
    if (i % 2 === 0) person.client.levels.set('strong', true, world.now);
    world.time.after(randomBetween(world.rng, 0, MINUTE), () => {
      person.client.joinNetwork(world.network.cardText, world.now);
      world.pumpPerson(person);
    });
  }
  for (const [i, person] of people.entries()) {
    const friend = people[(i + 1) % people.length] as Person;
    world.time.after(randomBetween(world.rng, 3, 8) * MINUTE, () => invite(world, person, friend));
    habits(world, person, start + options.hours * HOUR - HOUR / 2);
  }
  for (let hour = 1; hour <= options.hours; hour++) {
    await world.run(start + hour * HOUR);
    options.onProgress(`${hour} h, ${trace.rows} frames`);
  }
  return result(options, people, trace);
}

/** An invitation handed over as soon as its link is there. */
function invite(world: World, from: Person, to: Person): void {
  const { id } = from.client.createInvitation({ label: to.name }, world.now);
  world.pumpPerson(from);
  const poll = (): void => {
    const link = from.client.invitations().find((one) => one.id === id)?.link ?? null;
    if (link === null) {
      world.time.after(5 * SECOND, poll);
      return;
    }
    to.client.acceptInvitation({ link, name: from.name }, world.now);
    world.pumpPerson(to);
  };
  poll();
}

/** Texts at waking hours, windows opened around them, and now and then an hour offline. */
function habits(world: World, person: Person, until: Millis): void {
  const wakes = randomInt(world.rng, 24);
  const awake = (at: Millis): boolean => {
    const hour = Math.floor(at / HOUR + wakes) % 24;
    return hour >= 7 && hour < 23;
  };
  let count = 0;
  const write = (): void => {
    const next = world.now + randomExponential(world.rng, 30 * MINUTE);
    if (next > until) return;
    world.time.at(next, () => {
      if (awake(world.now) && person.up) {
        person.client.setWindowInUse(true, world.now);
        const ready = person.client.contacts().filter((one) => one.state === 'ready');
        const to = ready[randomInt(world.rng, Math.max(1, ready.length))];
        if (to !== undefined) {
          const text = `${person.name} ${count++} ${'.'.repeat(randomInt(world.rng, 200))}`;
          person.client.sendText({ contactId: to.id, text, clientId: null }, world.now);
        }
        world.pumpPerson(person);
      }
      write();
    });
  };
  write();
  const away = world.now + randomBetween(world.rng, 2 * HOUR, DAY);
  if (away + 2 * HOUR > until) return;
  world.time.at(away, () => {
    person.online = false;
    world.hangUp(person);
  });
  world.time.at(away + randomBetween(world.rng, 10 * MINUTE, HOUR), () => {
    person.online = true;
  });
}

function result(options: DayOptions, people: readonly Person[], trace: Trace): DayResult {
  const receipts: number[] = [];
  const arrivals: number[] = [];
  let texts = 0;
  let delivered = 0;
  let underWay = 0;
  let lost = 0;
  let twice = 0;
  const alarms: Record<string, number> = {};
  const received = new Map<string, number[]>();
  for (const person of people) {
    for (const contact of person.client.contacts()) {
      for (const message of allMessages(person, contact.id)) {
        if (message.direction === 'in') {
          received.set(message.text, [
            ...(received.get(message.text) ?? []),
            message.arrivedAt ?? 0,
          ]);
        }
      }
    }
    for (const alarm of person.alarms) alarms[alarm] = (alarms[alarm] ?? 0) + 1;
  }
  for (const person of people) {
    for (const contact of person.client.contacts()) {
      for (const message of allMessages(person, contact.id)) {
        if (message.direction === 'in') continue;
        texts++;
        const copies = received.get(message.text) ?? [];
        if (copies.length > 1) twice++;
        if (copies[0] !== undefined) arrivals.push(copies[0] - message.sentAt);
        if (message.deliveredAt === null) {
          underWay++;
          continue;
        }
        delivered++;
        // A text shown as delivered that nobody has is a lie, the worst kind of loss.
        if (copies.length === 0) lost++;
        receipts.push(message.deliveredAt - message.sentAt);
      }
    }
  }
  return {
    seed: options.seed,
    people: options.people,
    hours: options.hours,
    slotMs: options.slotMs,
    texts,
    delivered,
    underWay,
    lost,
    twice,
    arrivalP50: quantile(arrivals, 0.5) / SECOND,
    arrivalP95: quantile(arrivals, 0.95) / SECOND,
    receiptP50: quantile(receipts, 0.5) / SECOND,
    frames: trace.rows,
    alarms,
    trace: trace.digest(),
  };
}

function allMessages(person: Person, contactId: string) {
  const all = [];
  let before: string | null = null;
  for (;;) {
    const page = person.client.messages({ contactId, before, limit: 500 });
    all.push(...page);
    if (page.length < 500) return all;
    before = page[0]?.id ?? null;
  }
}
