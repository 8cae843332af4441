import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { type ConnectionOptions, connect, createServer } from 'node:tls';
import { LINK_TLS } from '../../src/tls/options.ts';
import { identity } from './support.ts';

/** One connection; what it used, and the sessions the server offered for later. */
async function visit(port: number, options: ConnectionOptions) {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
  const sessions: Buffer[] = [];
  socket.on('session', (session) => sessions.push(session));
  await once(socket, 'data');
  await new Promise((resolve) => setImmediate(resolve));
  const { name } = socket.getEphemeralKeyInfo() as { name?: string };
  const seen = { protocol: socket.getProtocol(), group: name, reused: socket.isSessionReused() };
  socket.destroy();
  return { ...seen, sessions };
}

test('links are TLS 1.3 with the hybrid group, and no connection leads to another', async () => {
  const { keyPem: key, certPem: cert } = identity();
  const server = createServer({ ...LINK_TLS, key, cert }, (socket) => {
    socket.on('error', () => undefined);
    socket.write('x');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const first = await visit(port, LINK_TLS);
  assert.equal(first.protocol, 'TLSv1.3');
  assert.equal(first.group, 'X25519MLKEM768');
  assert.equal(first.reused, false);
  // OpenSSL offers sessions even so; none of them can be taken up.
  for (const session of first.sessions) {
    assert.equal((await visit(port, { ...LINK_TLS, session })).reused, false);
  }
  // Control: without our options it can.
  const plain = createServer({ key, cert }, (socket) => {
    socket.on('error', () => undefined);
    socket.write('x');
  });
  plain.listen(0, '127.0.0.1');
  await once(plain, 'listening');
  const other = (plain.address() as AddressInfo).port;
  const [session] = (await visit(other, {})).sessions;
  assert.ok(session);
  assert.equal((await visit(other, { session })).reused, true);
  server.close();
  plain.close();
});
