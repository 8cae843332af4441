/**
 * Random kills of anybody while people write: persons, mixes and edges die between any two events
 * and come back with what they had saved. Afterwards: nothing lost, nothing twice, states only
 * forward, and all is delivered.
 */
import { MINUTE, randomBetween, randomInt, SECOND } from '@tacet/base';
import { STATE_RANK } from '@tacet/testkit';
import { modelledOnion } from './onion.ts';
import type { Person } from './person.ts';
import { LabStage } from './scenarios/lab-stage.ts';
import { meet } from './scenarios/steps.ts';
import type { World } from './world.ts';

export interface ChaosOptions {
  readonly seed: number | string;
  readonly texts: number;
  readonly kills: number;
}

export interface ChaosResult {
  readonly seed: number | string;
  readonly texts: number;
  readonly kills: number;
  readonly delivered: number;
  readonly lost: readonly string[];
  readonly twice: readonly string[];
  readonly backwards: readonly string[];
  /** Simulated seconds from the last kill's end to the last receipt. */
  readonly settled: number;
}

/** How long the trouble lasts; texts and kills are spread over it. */
const TROUBLE = 6 * MINUTE;
const PATIENCE = 60 * MINUTE;

export async function chaos(options: ChaosOptions): Promise<ChaosResult> {
  const stage = new LabStage(options.seed, modelledOnion);
  const { world } = stage;
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const carol = await stage.person('carol');
  await meet(stage, alice, bob);
  await meet(stage, bob, carol);
  await meet(stage, carol, alice);
  const [first, second, third] = world.people;
  if (first === undefined || second === undefined || third === undefined) throw new RangeError();
  const people = [first, second, third];
  const from = world.now;
  const sent = new Map<string, { readonly person: Person; id: string }>();
  for (let n = 0; n < options.texts; n++) {
    const person = people[randomInt(world.rng, 3)] as Person;
    const to = people[(people.indexOf(person) + 1 + randomInt(world.rng, 2)) % 3] as Person;
    const text = `text ${n} ${'x'.repeat(randomInt(world.rng, n % 10 === 0 ? 9_000 : 300))}`;
    world.time.at(randomBetween(world.rng, from, from + TROUBLE), () => {
      write(world, person, to.name, text, sent);
    });
  }
  for (let n = 0; n < options.kills; n++) {
    world.time.at(randomBetween(world.rng, from, from + TROUBLE), () => killSomebody(world));
  }
  const ranks = new Map<string, number>();
  const backwards: string[] = [];
  const end = from + TROUBLE + PATIENCE;
  let settled = 0;
  while (world.now < end) {
    await world.run(world.now + SECOND);
    for (const [text, { person, id }] of sent) {
      if (!person.up) continue;
      const { state } = person.client.message(id);
      const rank = STATE_RANK[state];
      if (rank < (ranks.get(text) ?? 0)) backwards.push(text.slice(0, 12));
      ranks.set(text, rank);
    }
    if (world.now < from + TROUBLE + 30 * SECOND || sent.size < options.texts) continue;
    if ([...ranks.values()].every((rank) => rank === 4)) {
      settled = (world.now - from - TROUBLE) / SECOND;
      break;
    }
  }
  return { ...judge(people, sent), ...options, backwards, settled };
}

/** Writes now, or as soon as the person's program runs again. */
function write(
  world: World,
  person: Person,
  to: string,
  text: string,
  sent: Map<string, { readonly person: Person; id: string }>,
): void {
  if (!person.up) {
    world.time.after(SECOND, () => write(world, person, to, text, sent));
    return;
  }
  const { id } = person.client.sendText(
    { contactId: to, text, clientId: text.slice(0, 60) },
    world.now,
  );
  sent.set(text, { person, id });
  world.pumpPerson(person);
}

function killSomebody(world: World): void {
  const back = randomBetween(world.rng, 100, 30 * SECOND);
  const n = randomInt(world.rng, world.people.length + world.relays.length);
  const person = world.people[n];
  if (person !== undefined) {
    if (!person.up) return;
    person.kill();
    world.hangUp(person);
    world.time.after(back, () => {
      person.restart();
      world.pumpPerson(person);
    });
    return;
  }
  const relay = world.relays[n - world.people.length];
  if (relay === undefined || !relay.up) return;
  world.stop(relay);
  world.time.after(back, () => world.start(relay));
}

function judge(
  people: readonly Person[],
  sent: ReadonlyMap<string, { readonly person: Person; id: string }>,
): Pick<ChaosResult, 'delivered' | 'lost' | 'twice'> {
  const copies = new Map<string, number>();
  for (const person of people) {
    for (const contact of person.client.contacts()) {
      for (const message of person.client.messages({ contactId: contact.id, limit: 500 })) {
        if (message.direction === 'in') {
          copies.set(message.text, (copies.get(message.text) ?? 0) + 1);
        }
      }
    }
  }
  const short = (texts: readonly string[]): string[] => texts.map((text) => text.slice(0, 12));
  const texts = [...sent.keys()];
  const delivered = texts.filter((text) => {
    const entry = sent.get(text);
    return entry?.person.client.message(entry.id).state === 'delivered';
  });
  return {
    delivered: delivered.length,
    lost: short(texts.filter((text) => (copies.get(text) ?? 0) === 0)),
    twice: short(texts.filter((text) => (copies.get(text) ?? 0) > 1)),
  };
}
