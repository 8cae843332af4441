/** The stage of scenarios in simulated time. */
import { type Millis, SECOND } from '@tacet/base';
import type { TestNetwork } from '@tacet/testkit';
import type { Onion } from '../onion.ts';
import { modelledOnion } from '../onion.ts';
import type { Person } from '../person.ts';
import { Trace } from '../trace.ts';
import { type RelayNode, World, type WorldOptions } from '../world.ts';
import type { Actor, Stage } from './stage.ts';

const TIMEOUT = 300 * SECOND;
/** How often a condition is looked at, in simulated time. */
const LOOK = 250;

export interface StageOptions
  extends Partial<Pick<WorldOptions, 'trace' | 'network' | 'drops' | 'onRequest'>> {
  /** Longest a condition may take, in simulated time, where nothing else is said. */
  readonly patience?: Millis;
}

export class LabStage implements Stage {
  readonly world: World;
  readonly trace: Trace;
  private readonly patience: Millis;

  constructor(
    seed: number | string,
    onion: (network: TestNetwork) => Onion = modelledOnion,
    options: StageOptions = {},
  ) {
    const { patience = TIMEOUT, ...world } = options;
    this.trace = world.trace ?? new Trace();
    this.patience = patience;
    this.world = new World({ network: {}, ...world, seed, trace: this.trace, onion });
  }

  /** The machine behind an actor. */
  personOf(actor: Actor): Person {
    const person = this.world.people.find((one) => one.name === actor.name);
    if (person === undefined) throw new RangeError(`nobody is called ${actor.name}`);
    return person;
  }

  async person(name: string): Promise<Actor> {
    const person = await this.world.addPerson(name);
    person.client.joinNetwork(this.world.network.cardText, this.world.now);
    this.world.pumpPerson(person);
    await this.until(`${name} is on the network`, async () => {
      return person.client.status(this.world.now).link === 'ready';
    });
    return this.actor(person);
  }

  async until(
    what: string,
    done: () => Promise<boolean>,
    timeoutMs: Millis = this.patience,
  ): Promise<void> {
    const end = this.world.now + timeoutMs;
    while (!(await done())) {
      if (this.world.now >= end) throw new Error(`not within ${timeoutMs / SECOND} s: ${what}`);
      await this.world.run(this.world.now + LOOK);
    }
  }

  async pass(ms: number): Promise<void> {
    await this.world.run(this.world.now + ms);
  }

  async killRelay(role: 'mix' | 'edge', n: number): Promise<void> {
    this.world.stop(this.relay(role, n));
  }

  async restartRelay(role: 'mix' | 'edge', n: number): Promise<void> {
    this.world.start(this.relay(role, n));
  }

  private relay(role: 'mix' | 'edge', n: number): RelayNode {
    const node = this.world.relays.filter((one) => one.relay.role === role)[n];
    if (node === undefined) throw new RangeError(`no ${role} number ${n}`);
    return node;
  }

  private actor(person: Person): Actor {
    const { world } = this;
    const now = (): number => world.clockOf(person);
    const act = <T>(work: () => T): Promise<T> => {
      const result = work();
      world.pumpPerson(person);
      return Promise.resolve(result);
    };
    return {
      name: person.name,
      status: () => act(() => person.client.status(now())),
      setLevel: (level) => act(() => person.client.levels.set(level, true, now())),
      useWindow: () => act(() => person.client.setWindowInUse(true, now())),
      invite: (label) => act(() => person.client.createInvitation({ label }, now())),
      invitations: () => act(() => person.client.invitations()),
      revoke: (id) => act(() => person.client.revokeInvitation(id, now())),
      accept: (link, name) => act(() => person.client.acceptInvitation({ link, name }, now())),
      contacts: () => act(() => person.client.contacts()),
      send: (contact, text, clientId) =>
        act(() =>
          person.client.sendText({ contactId: contact, text, clientId: clientId ?? null }, now()),
        ),
      message: (id) => act(() => person.client.message(id)),
      messages: (contact) => act(() => person.client.messages({ contactId: contact, limit: 500 })),
      kill: () =>
        act(() => {
          person.kill();
          world.hangUp(person);
        }),
      restart: () => act(() => person.restart()),
    };
  }
}
