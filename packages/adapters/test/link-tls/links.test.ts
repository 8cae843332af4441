import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { test } from 'node:test';
import { type ConnectionOptions, connect } from 'node:tls';
import { isAppError } from '@tacet/base';
import { LINK_TLS } from '../../src/tls/options.ts';
import { identity, relayName, until } from '../tls/support.ts';
import { BAD, frame, from, relay, to } from './support.ts';

/** `once` would reject on the error that comes before. */
const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

test('frames go from the relay that listens to the relay that dials, whole and in order', async () => {
  const [a, b] = [await relay(1), await relay(2)];
  a.links.setPeers(to(b));
  const done = new Array<number>(500).fill(0);
  const send = (n: number): void => {
    const bytes = frame(n);
    a.links.send(b.name, bytes, () => {
      done[n] = (done[n] ?? 0) + 1;
      bytes.fill(0xff);
    });
  };
  for (let n = 0; n < 10; n++) send(n);
  b.links.setPeers(from(a));
  await until(() => b.links.state.up === 1 && a.links.state.up === 1, 'link up');
  for (let n = 10; n < 500; n++) send(n);
  await until(() => b.received.length === 500, '500 frames');
  await until(() => done.every((times) => times === 1), 'each done once');
  for (const [n, got] of b.received.entries()) {
    assert.deepEqual(got, { from: a.name, first: n, last: n });
  }
  assert.equal(a.links.counters.get('frames-out'), 500);
  assert.equal(b.links.counters.get('frames-in'), 500);
});

test('a relay that is no target gets nothing, a frame of another size is a fault of ours', async () => {
  const a = await relay(1);
  a.links.send(relayName(9), frame(1));
  assert.equal(a.links.counters.get('frames-no-peer'), 1);
  assert.throws(
    () => a.links.send(relayName(9), new Uint8Array(5)),
    (e) => isAppError(e, 'frame-length'),
  );
});

test('a dialler with an unknown key is closed; so is a listener with another key', async () => {
  const [a, b, c] = [await relay(1), await relay(2), await relay(3)];
  a.links.setPeers(to(b));
  c.links.setPeers(from(a));
  await until(() => a.links.counters.get('links-stranger') > 0, 'a refuses c');
  assert.equal(a.links.state.up, 0);

  const other = { ...a, key: c.key };
  b.links.setPeers(from(other));
  await until(() => b.links.counters.get('links-stranger') > 0, 'b refuses a');
  assert.equal(b.links.state.up, 0);
  a.links.send(b.name, frame(1));
  assert.equal(b.received.length, 0);
  assert.equal(c.received.length, 0);
});

test('after a restart of the sender the link comes back and what waited arrives', async () => {
  const b = await relay(2);
  const key = identity();
  const first = await relay(1, { identity: key });
  const { port } = first.links;
  first.links.setPeers(to(b));
  b.links.setPeers(from(first));
  await until(() => first.links.state.up === 1, 'first link');
  first.links.send(b.name, frame(1));
  await first.links.close();
  await until(() => b.links.state.up === 0, 'link lost');
  assert.equal(b.received.length, 1, 'close waits for frames on their way');

  const second = await relay(1, { port, identity: key });
  second.links.setPeers(to(b));
  second.links.send(b.name, frame(2));
  await until(() => b.received.length === 2, 'frame after restart');
  assert.equal(b.received[1]?.first, 2);
});

test('a link that nobody takes loses its oldest frames, with a counter', async () => {
  const [a, b] = [await relay(1), await relay(2)];
  a.links.setPeers(to(b));
  for (let n = 0; n < 1_100; n++) a.links.send(b.name, frame(n));
  assert.equal(a.links.counters.get('frames-overflow'), 1_100 - 1_024);
  b.links.setPeers(from(a));
  await until(() => b.received.length === 1_024, 'the rest');
  assert.equal(b.received[0]?.first, 1_100 - 1_024);
});

test('a malformed frame closes its link; what follows on it is not read; it is dialled again', async () => {
  const [a, b] = [await relay(1), await relay(2)];
  a.links.setPeers(to(b));
  b.links.setPeers(from(a));
  await until(() => a.links.state.up === 1, 'link up');
  for (const n of [1, BAD, 2, 3]) a.links.send(b.name, frame(n));
  await until(() => b.links.counters.get('links-up') === 2, 'dialled again');
  a.links.send(b.name, frame(4));
  await until(() => b.received.some(({ first }) => first === 4), 'goes on');
  assert.deepEqual(
    b.received.map(({ first }) => first),
    [1, BAD, 4],
  );
});

test('a peer that leaves the document loses its link', async () => {
  const [a, b] = [await relay(1), await relay(2)];
  a.links.setPeers(to(b));
  b.links.setPeers(from(a));
  await until(() => b.links.state.up === 1, 'link up');
  a.links.setPeers(to());
  await until(() => b.links.state.up === 0, 'closed by a');
  b.links.setPeers(to());
  assert.deepEqual(b.links.state, { up: 0, wanted: 0, sources: 0, targets: 0 });
});

test('a dialler that speaks is closed', async () => {
  const [a, b] = [await relay(1), await relay(2)];
  a.links.setPeers(to(b));
  const socket = connect({
    ...LINK_TLS,
    host: '127.0.0.1',
    port: a.links.port,
    key: b.key.keyPem,
    cert: b.key.certPem,
    rejectUnauthorized: false,
  });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  await until(() => a.links.state.up === 1, 'accepted');
  socket.write('hello');
  await closed(socket);
  await until(() => a.links.state.up === 0, 'closed');
});

test('TLS 1.2, a classical group, or no certificate make no link', async () => {
  const [a, b] = [await relay(1), await relay(2)];
  a.links.setPeers(to(b));
  const shown = { key: b.key.keyPem, cert: b.key.certPem };
  const attempts: ConnectionOptions[] = [
    { ...LINK_TLS, ...shown, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' },
    { ...LINK_TLS, ...shown, ecdhCurve: 'X25519' },
    { ...LINK_TLS },
  ];
  for (const options of attempts) {
    const socket = connect({
      ...options,
      host: '127.0.0.1',
      port: a.links.port,
      rejectUnauthorized: false,
    });
    socket.on('error', () => undefined);
    socket.resume();
    await closed(socket);
    assert.equal(a.links.state.up, 0);
  }
});

test('bytes that are no TLS are closed and harm nobody', async () => {
  const a = await relay(1);
  const socket = connectTcp(a.links.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.resume();
  socket.write(Buffer.alloc(2_000, 0x41));
  await closed(socket);
});

test('a port in use is named as such', async () => {
  const a = await relay(1);
  await assert.rejects(relay(2, { port: a.links.port }), (error) =>
    isAppError(error, 'port-in-use'),
  );
});
