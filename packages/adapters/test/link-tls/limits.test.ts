/** Caps of relay links against peers that say nothing, take nothing, or are too many. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { RELAY_LINK_LIMITS } from '../../src/link-tls/index.ts';
import { until } from '../tls/support.ts';
import { frame, from, type Relay, relay, to } from './support.ts';

/** A stranger who connects and says nothing. */
async function silent(t: TestContext, { links }: Relay): Promise<Socket> {
  const socket = connect(links.port, '127.0.0.1');
  t.after(() => socket.destroy());
  // A reset is one of the ways in which it ends.
  socket.on('error', () => undefined);
  socket.resume();
  await once(socket, 'connect');
  return socket;
}

test('the figures that the tests below replace are those of docs/limits.md', () => {
  const { handshakeMs, stuckMs, connections } = RELAY_LINK_LIMITS;
  assert.deepEqual([handshakeMs, stuckMs, connections], [10_000, 15_000, 1_024]);
});

test('who connects and begins no handshake is closed in time', async (t) => {
  const a = await relay(1, { limits: { handshakeMs: 50 } });
  const socket = await silent(t, a);
  await until(() => socket.closed, 'closed');
});

test('a listener that begins no handshake is given up in time, and dialled again', async (t) => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    sockets.push(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const [a, b] = [await relay(1), await relay(2, { limits: { handshakeMs: 50 } })];
  b.links.setPeers(from(a, (server.address() as AddressInfo).port));
  await until(() => sockets.length > 1, 'dialled again');
  b.links.setPeers(to());
});

test('more connections than the cap are closed at once; one that ends makes room', async (t) => {
  const a = await relay(1, { limits: { connections: 2 } });
  const b = await relay(2);
  a.links.setPeers(to(b));
  const [first, second] = [await silent(t, a), await silent(t, a)];
  const third = await silent(t, a);
  await until(() => third.closed, 'the third is closed');
  assert.deepEqual([first.closed, second.closed], [false, false]);
  first.destroy();
  b.links.setPeers(from(a));
  await until(() => b.links.state.up === 1, 'a link has its place');
});

test('a peer that stops reading is dropped', async () => {
  const [a, b] = [await relay(1, { limits: { stuckMs: 50 } }), await relay(2)];
  a.links.setPeers(to(b));
  b.links.setPeers(from(a));
  await until(() => b.links.state.up === 1 && a.links.state.up === 1, 'link up');
  b.links.hold(true);
  const bytes = frame(1);
  // More, until the buffers of the system are full: how large they are is its matter.
  await until(() => {
    for (let n = 0; n < 64; n++) a.links.send(b.name, bytes);
    return a.links.counters.get('links-down') > 0;
  }, 'dropped');
});

test('frames that waited too long for their link are counted', async (t) => {
  const real = performance.now.bind(performance);
  let ahead = 0;
  t.mock.method(performance, 'now', () => real() + ahead);
  const [a, b] = [await relay(1), await relay(2)];
  a.links.setPeers(to(b));
  for (let n = 0; n < 3; n++) a.links.send(b.name, frame(n));
  ahead = 5_001;
  b.links.setPeers(from(a));
  await until(() => a.links.state.up === 1, 'link up');
  assert.equal(a.links.counters.get('frames-expired'), 3);
});
