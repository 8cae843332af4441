/**
 * One person and everybody they know, met by invitation as people do. Friends are on the network
 * only while they are needed, so that a circle of hundreds costs little before it is looked at.
 */
import { MINUTE, type Millis, SECOND } from '@tacet/base';
import type { Person } from './person.ts';
import type { World } from './world.ts';

/** Meetings under way at a time. */
const AT_ONCE = 10;
const PATIENCE: Millis = 60 * MINUTE;

export interface Circle {
  readonly world: World;
  readonly centre: Person;
  readonly friends: readonly Person[];
}

export async function until(world: World, what: string, done: () => boolean): Promise<void> {
  const end = world.now + PATIENCE;
  while (!done()) {
    if (world.now >= end) throw new Error(`not within ${PATIENCE / SECOND} s: ${what}`);
    await world.run(world.now + 5 * SECOND);
  }
}

export function sleep(world: World, person: Person): void {
  if (!person.up) return;
  person.kill();
  world.hangUp(person);
}

export function wake(world: World, person: Person): void {
  if (person.up) return;
  person.restart();
  world.pumpPerson(person);
}

export async function makeCircle(
  world: World,
  count: number,
  onProgress: (line: string) => void,
): Promise<Circle> {
  const join = async (name: string): Promise<Person> => {
    const person = await world.addPerson(name);
    person.client.joinNetwork(world.network.cardText, world.now);
    world.pumpPerson(person);
    return person;
  };
  const centre = await join('centre');
  const friends: Person[] = [];
  while (friends.length < count) {
    const guests: Person[] = [];
    for (let n = 0; n < Math.min(AT_ONCE, count - friends.length); n++) {
      guests.push(await join(`friend-${friends.length + n}`));
    }
    const links = guests.map(({ name }) =>
      centre.client.createInvitation({ label: name }, world.now),
    );
    world.pumpPerson(centre);
    const linkOf = (id: string): string | null =>
      centre.client.invitations().find((one) => one.id === id)?.link ?? null;
    await until(world, 'invitations', () => links.every(({ id }) => linkOf(id) !== null));
    await until(world, 'guests are linked', () =>
      guests.every(({ client }) => client.status(world.now).link === 'ready'),
    );
    for (const [n, guest] of guests.entries()) {
      const link = linkOf(links[n]?.id ?? '') ?? '';
      guest.client.acceptInvitation({ link, name: centre.name }, world.now);
      world.pumpPerson(guest);
    }
    const ready = (person: Person, name: string): boolean =>
      person.client.contact(name).state === 'ready';
    await until(world, 'guests are ready', () => guests.every((one) => ready(one, centre.name)));
    await until(world, 'all are ready', () => guests.every((one) => ready(centre, one.name)));
    // Until nothing of the meeting is under way: key sets, receipts, second copies.
    await world.run(world.now + 3 * MINUTE);
    for (const guest of guests) sleep(world, guest);
    friends.push(...guests);
    onProgress(
      `${friends.length} friends after ${Math.round((world.now - world.startedAt) / MINUTE)} min`,
    );
  }
  return { world, centre, friends };
}
