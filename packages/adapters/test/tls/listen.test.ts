import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import { listenOn } from '../../src/tls/listen.ts';

const HOST = '127.0.0.1';

async function thief() {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

test('a port that another program gives up meanwhile is waited for', async () => {
  const { server: other, port } = await thief();
  const server = createServer();
  const listening = listenOn(server, HOST, port);
  setTimeout(() => other.close(), 700);
  await listening;
  assert.equal((server.address() as AddressInfo).port, port);
  assert.equal(server.listenerCount('listening'), 0);
  assert.equal(server.listenerCount('error'), 1, 'later errors end no process');
  server.close();
});

test('a port that stays taken is named after a few seconds, another refusal at once', async () => {
  const { server: other, port } = await thief();
  const begin = performance.now();
  await assert.rejects(listenOn(createServer(), HOST, port), (error) =>
    isAppError(error, 'port-in-use'),
  );
  assert.ok(performance.now() - begin >= 2_000);
  other.close();
  // Of the range for documentation (RFC 5737): no machine has it.
  await assert.rejects(listenOn(createServer(), '192.0.2.1', 0), (error) =>
    isAppError(error, 'address-unknown'),
  );
});
