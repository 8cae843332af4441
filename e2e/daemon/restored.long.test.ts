/**
 * A computer is lost, and its profile comes back on another from the backup folder and the phrase
 * (docs/spec/20-recovery.md, 7 to 11): real daemons over a network of processes. Each contact, also one met
 * after the backup, talks again by itself; and the former daemon, found again, stops by itself.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { allMessages, DaemonProcess } from '../lib/daemon.ts';
import { introduce } from '../lib/meet.ts';
import { FAST, Town } from '../lib/town.ts';

const PATIENCE = 180_000;

/** A text that is delivered, to the contact of that name. */
async function told(town: Town, from: DaemonProcess, to: string, text: string): Promise<void> {
  const { contacts } = await from.api.call('contact.list', {});
  const contactId = contacts.find((one) => one.name === to)?.id ?? assert.fail(`no ${to}`);
  const { id } = await from.api.call('message.send', { contactId, text, clientId: text });
  await town.until(`"${text}" is delivered`, PATIENCE, async () => {
    const { messages } = await from.api.call('message.list', { contactId, limit: 50 });
    return messages.find((one) => one.id === id)?.state === 'delivered';
  });
}

async function texts(of: DaemonProcess, name: string): Promise<readonly string[]> {
  const { contacts } = await of.api.call('contact.list', {});
  const id = contacts.find((one) => one.name === name)?.id ?? assert.fail(`no ${name}`);
  return (await allMessages(of, id)).map(({ text }) => text);
}

test('a lost computer: from folder and phrase all contacts talk again, and the daemon of before stops', async () => {
  await Town.with({ parameters: FAST }, async (town) => {
    const alice = await town.person('alice');
    const bob = await town.person('bob');
    const carol = await town.person('carol');
    await introduce(town, alice, bob);
    await told(town, alice, 'bob', 'before the backup');
    const folder = join(town.dir, 'disk');
    const { phrase } = await alice.api.call('backup.phrase', {});
    await alice.api.call('backup.set', { phrase, folder });
    await alice.api.call('backup.create', {});
    await introduce(town, carol, alice);
    await told(town, alice, 'carol', 'after the backup');
    await told(town, alice, 'bob', 'after it, too');
    // What is new is posted with the hour, and at a start.
    await alice.kill();
    await alice.start();
    await told(town, bob, 'alice', 'once more');
    await new Promise((resolve) => setTimeout(resolve, 20_000));
    await alice.kill();
    const again = new DaemonProcess({ name: 'again', dir: join(town.dir, 'people') });
    town.daemons.set('again', again);
    await again.start({ folder, phrase });
    await Promise.all([
      told(town, again, 'bob', 'here I am, bob'),
      town.until('carol is found', PATIENCE, async () => {
        const { contacts } = await again.api.call('contact.list', {});
        return contacts.some(({ name, state }) => name === 'carol' && state === 'ready');
      }),
    ]);
    await told(town, again, 'carol', 'here I am, carol');
    await told(town, bob, 'alice', 'welcome back');
    await told(town, carol, 'alice', 'welcome');
    for (const one of [bob, carol]) {
      const seen = await texts(one, 'alice');
      assert.ok(
        seen.some((text) => text.startsWith('They restored their profile')),
        one.name,
      );
      const own = await texts(again, one.name);
      assert.ok(
        own.some((text) => text.startsWith('This profile was restored')),
        one.name,
      );
    }
    // The computer was only mislaid.
    await alice.start();
    await town.until('the former daemon stops', PATIENCE, async () => {
      const { status } = await alice.api.call('status', {});
      return status?.superseded === true;
    });
    await told(town, again, 'bob', 'still me');
    assert.equal((await again.api.call('status', {})).status?.copiedAt, null);
  });
});
