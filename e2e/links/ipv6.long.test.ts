/** A network that knows IPv6 only: listening, dialling, card, descriptors and documents. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { introduce } from '../lib/meet.ts';
import { FAST, Town } from '../lib/town.ts';

test('a network on ::1: two people meet and write', { timeout: 180_000 }, async () => {
  await Town.with({ parameters: FAST, host: '::1' }, async (town) => {
    const alice = await town.person('alice');
    const bob = await town.person('bob');
    const { atHost, atGuest } = await introduce(town, alice, bob);
    const text = 'over six';
    await alice.api.call('message.send', { contactId: atHost, text, clientId: text });
    await town.until('it arrives', 60_000, async () => {
      const page = await bob.api.call('message.list', { contactId: atGuest, limit: 10 });
      return page.messages.some((message) => message.text === text);
    });
    let up = 0;
    for (const name of town.network.names('edge')) {
      const counters = await town.network.counters(name);
      // Both may have drawn the same edge for their own; boxes stand at either.
      up += counters['up'] ?? 0;
      assert.ok((counters['received'] ?? 0) > 0, name);
    }
    assert.ok(up > 0);
  });
});
