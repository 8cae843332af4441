/** People of a model network of whom one loses the computer and comes back from a backup. */
import assert from 'node:assert/strict';
import { MINUTE, type Millis } from '@tacet/base';
import { ModelPerson } from '@tacet/testkit/model';
import { fence } from '../../src/recovery/restored.ts';
import { World } from '../trust/world.ts';

export interface Backup {
  readonly name: string;
  readonly store: Uint8Array;
  readonly at: Millis;
}

export function backupOf(person: ModelPerson): Backup {
  return { name: person.name, store: person.store.copy(), at: person.now };
}

/** A daemon of its own over a backup; it is not told who is there. */
export function restore(world: World, backup: Backup, seed: string): ModelPerson {
  const person = new ModelPerson(backup.name, world.layer, seed);
  person.store.restore(backup.store);
  fence(person.store, { number: 1, at: backup.at, withFiles: true }, world.now);
  world.people.push(person);
  person.start();
  return person;
}

/** The computer is gone. */
export function lose(world: World, person: ModelPerson): void {
  person.stop();
  const at = world.people.indexOf(person);
  if (at >= 0) world.people.splice(at, 1);
}

export function tell(world: World, person: ModelPerson, contactId: string, text: string): string {
  return world.ask(person, (client, now) =>
    client.sendText({ contactId, text, clientId: null }, now),
  ).id;
}

/** Texts of a conversation, and lines the own daemon wrote, in their order. */
export function heard(person: ModelPerson, contactId: string): readonly string[] {
  return person.machine
    .messages({ contactId, limit: 500 })
    .filter(({ direction, kind }) => direction === 'in' && kind === 'text')
    .map(({ text }) => text);
}

export function lines(person: ModelPerson, contactId: string): readonly string[] {
  const { id } = person.machine.contact(contactId);
  const sql = 'SELECT text FROM messages WHERE contact_id = ? AND type = -1 ORDER BY id';
  return person.store.all(sql, Number(id)).map(({ text }) => String(text));
}

export async function twoPeople(seed: string) {
  const world = new World(seed);
  const [alice, bob] = await world.join('alice', 'bob');
  assert.ok(alice && bob);
  await world.meet(alice, bob);
  await world.run(5 * MINUTE);
  return { world, alice, bob };
}
