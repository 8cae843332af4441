/**
 * Whatever a contact sends, at whichever statement saving it fails, and however often: the daemon goes
 * on, everything else arrives in order, and what failed is not lost.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE } from '@tacet/base';
import type { ModelPerson } from '@tacet/testkit/model';
import type { Client } from '../../src/client.ts';
import { three } from '../trust/world.ts';
import { BrokenWork } from './broken-work.ts';
import { pair, say, sayApart } from './pair.ts';
import { faultsOf, textsIn } from './poison.ts';

type Act = (client: Client, now: number, n: number) => void;

const newest = (client: Client, direction: 'in' | 'out'): string => {
  const lines = client.messages({ contactId: 'bob', limit: 100 });
  return lines.findLast((line) => line.direction === direction && line.kind === 'text')?.id ?? '';
};

/** What alice does; each in an envelope of its own. */
const ACTS: Readonly<Record<string, Act>> = {
  text: (client, now, n) =>
    client.sendText({ contactId: 'bob', text: `said ${n}`, clientId: null }, now),
  // With the secrets of boxes to come: receipted, it must have been taken whole.
  'text with an offer of healing': (client, now, n) =>
    client.sendText({ contactId: 'bob', text: `said ${n}`, clientId: null }, now),
  edit: (client, now, n) =>
    client.talk.edit({ id: newest(client, 'out'), text: `changed ${n}`, clientId: null }, now),
  reaction: (client, now) =>
    client.talk.react({ id: newest(client, 'in'), emoji: 'x', clientId: null }, now),
  delete: (client, now) =>
    client.talk.delete({ id: newest(client, 'out'), forEveryone: true, clientId: null }, now),
  timer: (client, now, n) =>
    client.talk.setTimer(
      { contactId: 'bob', seconds: n % 2 === 0 ? 0 : 99_999, clientId: null },
      now,
    ),
  'step of a short code': (client, now) => client.codes.start('bob', now),
  'card of an introduction': (client, now) =>
    client.introductions.introduce('bob', 'carol', 'both sail', now),
};

/** Carol is there to be introduced; she says nothing. */
const peopleOf = (name: string) =>
  name.endsWith('introduction') ? three(`any ${name}`) : pair(`any ${name}`);

for (const [name, act] of Object.entries(ACTS)) {
  test(`invariant: saving a ${name} of a contact fails at any statement, always, and nothing else is lost`, async () => {
    const [world, alice, bob] = await peopleOf(name);
    faultsOf(bob);
    const wanted: string[] = [];
    const told = async (text: string): Promise<void> => {
      wanted.push(text);
      await sayApart(world, alice, text);
    };
    let statement: string | null = 'first';
    const seen = new Set<string>();
    for (let at = 1; statement !== null; at++) {
      await told(`before ${at}`);
      say(world, bob, 'back');
      await world.run(10 * MINUTE);
      const next = nextSequence(alice);
      for (const { store } of [alice, bob]) {
        if (name.endsWith('introduction'))
          store.aside("UPDATE introductions SET state = 'expired'");
      }
      if (name.endsWith('healing')) alice.store.aside('UPDATE healing SET out_at = 0');
      const broken = new BrokenWork(at, ({ key }) => key === `text/1/${next}`);
      broken.plantIn(bob);
      world.ask(alice, (client, now) => act(client, now, at));
      await world.run(5_000);
      if (name.startsWith('text')) wanted.push(`said ${at}`);
      await told(`after ${at}`);
      await world.run(20 * MINUTE);
      statement = broken.statement;
      if (statement !== null) seen.add(statement);
      const shown = textsIn(bob);
      assert.ok(shown.includes(`after ${at}`), `what follows came: ${statement}`);
      // A mistake of ours is mended with the next version, and what is kept can be read.
      bob.store.fault = null;
      bob.stop();
      bob.start();
      for (const { id, canRetry } of bob.machine.letters.list(null)) {
        if (canRetry) world.ask(bob, (client, now) => client.letters.retry(id, now));
      }
      // What rested needs a start, what was never receipted a receipt.
      await world.run(HOUR);
      assert.equal(alice.machine.status(world.now).outbox, 0, `all is receipted: ${statement}`);
      assert.deepEqual(bob.machine.letters.list(null), [], `nothing is left: ${statement}`);
      if (name === 'edit') wanted.splice(-2, 1, `changed ${at}`);
      if (name === 'delete') wanted.splice(-2, 1);
      // Three runs a day with one contact.
      if (name.endsWith('code')) await world.run(9 * HOUR);
    }
    const got = textsIn(bob).filter((text) => text !== '');
    assert.deepEqual(got, wanted);
    assert.ok(seen.size > 5, `${seen.size} statements`);
  });
}

function nextSequence(person: ModelPerson): number {
  return Number(person.store.get('SELECT out_seq FROM contacts WHERE id = 1')?.['out_seq']) + 1;
}
