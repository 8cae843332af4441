/**
 * A person and every relay behind a real SOCKS server (microsocks), all addresses names: messages
 * arrive, and the daemon's system calls show that nothing connects, or is looked up, around it. The
 * other person, who goes directly, is the control: there the same watcher sees both.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { introduce } from '../lib/meet.ts';
import { FAST, Town } from '../lib/town.ts';
import { watchCalls } from './calls.ts';
import { startMicrosocks } from './microsocks.ts';

test('a network behind SOCKS: nothing goes around the server', { timeout: 240_000 }, async (t) => {
  const socks = await startMicrosocks();
  const options = {
    parameters: FAST,
    host: 'localhost',
    configure: (_: string, config: Record<string, unknown>) => ({
      ...config,
      socks: socks.address,
    }),
    daemonArgs: (name: string) => (name === 'alice' ? ['--socks', socks.address] : []),
  };
  try {
    await Town.with(options, async (town) => {
      const alice = await town.person('alice');
      const watcher = await watchCalls(alice.pid, join(town.dir, 'calls'));
      if (watcher === null) t.diagnostic('no strace here: system calls are not watched');
      const bob = await town.person('bob');
      const { atHost, atGuest } = await introduce(town, alice, bob);
      const sent = await alice.api.call('message.send', {
        contactId: atHost,
        text: 'through',
        clientId: 'through',
      });
      await town.until('delivered', 60_000, async () => {
        return (await alice.api.call('message.get', { id: sent.id })).state === 'delivered';
      });
      assert.ok(atGuest.length > 0);

      const control = await watchCalls(bob.pid, join(town.dir, 'control'));
      for (const server of [socks.address, 'none']) {
        await bob.api.call('network.socks', { server });
        await town.until(`bob is back by ${server}`, 60_000, async () => {
          return (await bob.api.call('network.status', {})).link === 'ready';
        });
      }
      const direct = await control?.seen();
      if (direct !== undefined) {
        assert.ok(direct.ports.includes(socks.port) && direct.ports.some((p) => p !== socks.port));
        assert.ok(direct.resolved.length > 0, 'looking up is seen where it happens');
      }

      // The setting is kept: a start without the option goes the same way.
      assert.equal((await alice.api.call('network.status', {})).socks, socks.address);
      // A server that is gone is not gone around.
      await socks.end();
      await town.until('the link is lost', 60_000, async () => {
        return (await alice.api.call('network.status', {})).link !== 'ready';
      });
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      assert.notEqual((await alice.api.call('network.status', {})).link, 'ready');
      const seen = await watcher?.seen();
      if (seen === undefined) return;
      t.diagnostic(`connections tried: ${seen.ports.length}, all to the SOCKS server`);
      assert.ok(seen.ports.length > 0, 'dialling again was seen');
      assert.deepEqual(
        seen.ports.filter((port) => port !== socks.port),
        [],
      );
      assert.deepEqual(seen.resolved, []);
    });
  } finally {
    await socks.end();
  }
});
