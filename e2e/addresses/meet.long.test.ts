/**
 * Two people meet by a reusable address over a real network, by the command line alone: real relays,
 * stores, ratchets (docs/spec/16-addresses.md). Then a block, a second identity, a deletion.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { DaemonProcess } from '../lib/daemon.ts';
import { ready } from '../lib/meet.ts';
import { tacet } from '../lib/tacet.ts';
import { FAST, Town } from '../lib/town.ts';

const PATIENCE = 180_000;

/** Runs a command that must succeed; its standard output without the last line end. */
async function run(town: Town, who: DaemonProcess, argv: string[], input = ''): Promise<string> {
  const bytes = new TextEncoder().encode(input);
  const home = join(town.dir, 'people');
  const { code, out, err } = await tacet(home, who.name, argv, { input: bytes });
  assert.equal(code, 0, `tacet ${argv.slice(0, 2).join(' ')}: ${err}`);
  return out.trimEnd();
}

async function arrives(town: Town, at: DaemonProcess, from: string, text: string): Promise<void> {
  await town.until(`"${text}" is at ${at.name}`, PATIENCE, async () => {
    const { contacts } = await at.api.call('contact.list', {});
    return contacts.some((one) => one.name === from && one.lastMessage?.text === text);
  });
}

/** Asks on an address; answers the id of the request at its owner. */
async function ask(
  town: Town,
  owner: DaemonProcess,
  guest: DaemonProcess,
  link: string,
): Promise<string> {
  await run(town, guest, ['request', 'send', '-', 'hello', '--name', owner.name], link);
  let id = '';
  await town.until('the request is there', PATIENCE, async () => {
    const { requests } = await owner.api.call('request.list', {});
    id = requests.find((one) => one.name === guest.name)?.id ?? '';
    return id !== '';
  });
  return id;
}

test('two people meet by an address and the command line; a block, a second identity, a deletion', async () => {
  await Town.with({ parameters: FAST }, async (town) => {
    const alice = await town.person('alice');
    const [bob, carol] = await Promise.all([town.person('bob'), town.person('carol')]);
    const link = await run(town, alice, ['address', 'create', 'on my card']);
    const shown = JSON.parse(await run(town, alice, ['address', 'list', '--json']));
    const { id: addressId, words } = shown.addresses[0];
    assert.match(await run(town, bob, ['address', 'check', '-'], link), new RegExp(words));
    const id = await ask(town, alice, bob, link);
    // Kill -9 with a request in the list.
    await alice.kill();
    await alice.start();
    const [head, ...text] = (await run(town, alice, ['request', 'list'])).split('\n');
    assert.match(head ?? '', /says to be: bob/);
    assert.equal(text.join('').trim(), 'hello');
    assert.equal(await run(town, alice, ['request', 'accept', id]), 'bob: meeting');
    await ready(town, alice, bob);
    await ready(town, bob, alice);
    await arrives(town, alice, 'bob', 'hello');
    await run(town, alice, ['send', 'bob', 'welcome', '--wait', 'delivered', '--timeout', '3m']);
    await arrives(town, bob, 'alice', 'welcome');

    // Away for bob while he is blocked; then what he wrote arrives.
    assert.equal(await run(town, alice, ['contact', 'block', 'bob']), 'bob: blocked');
    await run(town, bob, ['send', 'alice', 'are you there?']);
    await town.until('it is stored', PATIENCE, async () => {
      const { contacts } = await bob.api.call('contact.list', {});
      return contacts.some((one) => one.lastMessage?.state === 'stored');
    });
    await run(town, alice, ['contact', 'unblock', 'bob']);
    await arrives(town, alice, 'bob', 'are you there?');

    // Carol is met by a second identity: another key, and another safety number than bob's.
    await run(town, alice, ['identity', 'create', 'Dr. Smith']);
    await town.until('it is made', PATIENCE, async () => {
      const { identities } = await alice.api.call('identity.list', {});
      return identities.every(({ state }) => state === 'ready');
    });
    const asked = await ask(town, alice, carol, link);
    await run(town, alice, ['request', 'accept', asked, '--as', 'Dr. Smith']);
    await ready(town, alice, carol);
    await ready(town, carol, alice);
    await run(town, carol, ['send', 'alice', 'good day', '--wait', 'delivered', '--timeout', '3m']);
    const { contacts } = await carol.api.call('contact.list', {});
    assert.equal(contacts[0]?.givenName, 'Dr. Smith');
    assert.equal(contacts[0]?.trust, 'unverified');
    const here = await alice.api.call('contact.get', { contact: 'carol' });
    const there = await carol.api.call('contact.get', { contact: 'alice' });
    const numbers = await Promise.all([
      alice.api.call('contact.safetyNumber', { contactId: here.id }),
      carol.api.call('contact.safetyNumber', { contactId: there.id }),
    ]);
    assert.equal(numbers[0].digits, numbers[1].digits);

    // The address ends, a contact goes.
    assert.equal(await run(town, alice, ['address', 'revoke', addressId]), 'ended');
    assert.equal(await run(town, alice, ['contact', 'delete', 'bob', '--yes']), 'deleted');
    await alice.kill();
    await alice.start();
    const left = await alice.api.call('contact.list', {});
    assert.deepEqual(
      left.contacts.map(({ name }) => name),
      ['carol'],
    );
    assert.deepEqual(town.crashed(), []);
  });
});
