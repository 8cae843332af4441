/** Several people over the model's box layer, in virtual time; without losses unless a test asks. */
import assert from 'node:assert/strict';
import { MINUTE } from '@tacet/base';
import { Layer, ModelPerson, NETWORK, pass } from '@tacet/testkit/model';
import type { Client } from '../../src/client.ts';

export class World {
  readonly layer: Layer;
  readonly people: ModelPerson[] = [];
  private readonly seed: string;

  constructor(seed: string) {
    this.seed = seed;
    this.layer = new Layer(seed);
  }

  get networkId(): Uint8Array {
    return NETWORK.document.networkId;
  }

  get now(): number {
    return this.layer.now;
  }

  async join(...names: string[]): Promise<ModelPerson[]> {
    const joined: ModelPerson[] = [];
    for (const name of names) {
      const person = new ModelPerson(name, this.layer, this.seed);
      this.people.push(person);
      joined.push(person);
      await person.begin();
    }
    await this.run(2 * MINUTE);
    return joined;
  }

  /** Contacts by a one-time link; each under the name the other gave. */
  async meet(inviter: ModelPerson, guest: ModelPerson): Promise<void> {
    inviter.act((client, now) => client.createInvitation({ label: guest.name }, now));
    await this.run(3 * MINUTE);
    const link = inviter.machine.invitations()[0]?.link;
    assert.ok(link != null, 'the link is there');
    guest.act((client, now) => client.acceptInvitation({ link }, now));
    await this.run(8 * MINUTE);
    assert.equal(inviter.machine.contact(guest.name).state, 'ready');
    assert.equal(guest.machine.contact(inviter.name).state, 'ready');
  }

  /** A command of this person at this moment; what it answers. */
  ask<T>(person: ModelPerson, command: (client: Client, now: number) => T): T {
    let answer: { readonly value: T } | null = null;
    person.act((client, now) => {
      answer = { value: command(client, now) };
    });
    if (answer === null) throw new Error('the command was not carried out');
    return (answer as { readonly value: T }).value;
  }

  async run(ms: number): Promise<void> {
    await pass(this.layer, this.people, ms);
  }
}

/** Alice knows both others; the others do not know each other. */
export async function three(
  seed: string,
): Promise<readonly [World, ModelPerson, ModelPerson, ModelPerson]> {
  const world = new World(seed);
  const [alice, bob, carol] = await world.join('alice', 'bob', 'carol');
  assert.ok(alice && bob && carol);
  await world.meet(alice, bob);
  await world.meet(alice, carol);
  await world.run(3 * MINUTE);
  return [world, alice, bob, carol];
}
