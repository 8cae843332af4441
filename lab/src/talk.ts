/** Conversations as people hold them: somebody begins, the other looks, answers, and so on. */
import { MINUTE, type Millis, randomExponential, SECOND } from '@tacet/base';
import type { StatusView } from '@tacet/client';

type Level = StatusView['level'];

import type { Person } from './person.ts';
import type { World } from './world.ts';

/** Texts of one conversation. */
export const TEXTS = 10;
/** From a text's arrival to its being seen, and from there to the answer. */
const LOOKS: Millis = 5 * SECOND;
const ANSWERS: Millis = 20 * SECOND;
const OPEN: Millis = 5 * MINUTE;

export interface Sent {
  readonly from: Person;
  readonly to: Person;
  readonly id: string;
  readonly text: string;
  /** Its reader had the conversation open lately. */
  readonly open: boolean;
}

export class Talk {
  readonly sent: Sent[] = [];
  private readonly world: World;
  private readonly centre: Person;
  private readonly level: Level;
  private readonly lastOpen = new Map<string, Millis>();
  private outward = true;

  constructor(world: World, centre: Person, level: Level) {
    this.world = world;
    this.centre = centre;
    this.level = level;
  }

  /** The person and their friends begin in turn. */
  begin(friend: Person): void {
    const [from, to] = this.outward ? [this.centre, friend] : [friend, this.centre];
    this.outward = !this.outward;
    this.look(from, to);
    this.write(from, to, TEXTS - 1);
  }

  private key(who: Person, at: Person): string {
    return `${who.name} at ${at.name}`;
  }

  private look(who: Person, at: Person): void {
    const { world } = this;
    who.client.markRead(at.name, world.now);
    world.pumpPerson(who);
    this.lastOpen.set(this.key(who, at), world.now);
  }

  private write(from: Person, to: Person, left: number): void {
    const { world, sent } = this;
    const text = `${this.level} ${sent.length}`;
    const { id } = from.client.sendText({ contactId: to.name, text, clientId: null }, world.now);
    const last = this.lastOpen.get(this.key(to, from)) ?? Number.NEGATIVE_INFINITY;
    sent.push({ from, to, id, text, open: world.now - last < OPEN });
    world.pumpPerson(from);
    if (left > 0) this.await(to, from, text, left);
  }

  /** `who` looks a while after the text of `from` is there, and answers. */
  private await(who: Person, from: Person, text: string, left: number): void {
    const { world } = this;
    const there = who.client
      .messages({ contactId: from.name, limit: 20 })
      .some((one) => one.direction === 'in' && one.text === text);
    if (!there) {
      world.time.after(SECOND, () => this.await(who, from, text, left));
      return;
    }
    world.time.after(randomExponential(world.rng, LOOKS), () => {
      this.look(who, from);
      world.time.after(randomExponential(world.rng, ANSWERS), () => {
        this.write(who, from, left - 1);
      });
    });
  }
}
