/** Peers that are slow, early, many, or do not say hello (mixnet case 39). */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { encodeHello, encodeUp } from '@tacet/wire';
import { HalfOpen } from '../../src/link-ws/half-open.ts';
import { dialEdge } from '../../src/link-ws/index.ts';
import { rng, until } from '../tls/support.ts';
import { type Door, door, HELLO, NOW, rawClient, upFrame } from './support.ts';

const doors: Door[] = [];
after(() => Promise.all(doors.map(({ listener }) => listener.stop())));

async function open(...options: Parameters<typeof door>): Promise<Door> {
  const opened = await door(...options);
  doors.push(opened);
  return opened;
}

const dial = (edge: Door) => dialEdge({ ...edge, hello: HELLO, now: NOW, socks: null, rng });

test('who opens connections and says nothing keeps nobody out for long', async () => {
  const limits = { halfOpen: 8, halfOpenGraceMs: 1_000, handshakeMs: 2_500 };
  const edge = await open(() => true, { limits });
  const idlers = Array.from({ length: 8 }, () => connect(edge.listener.port, '127.0.0.1'));
  for (const idler of idlers) idler.on('error', () => undefined);
  await until(() => edge.listener.waiting === 8, 'all places are taken');
  const start = performance.now();
  const link = await dial(edge);
  assert.ok(performance.now() - start >= 900, 'only an idler that had its time gives way');
  link.close();
  assert.equal(edge.listener.counters.get('closed-half-open'), 1);
  await until(() => edge.listener.waiting === 0, 'the rest is closed when its time is over');
  assert.equal(edge.listener.counters.get('closed-late'), 7);
});

test('a line is bounded in length and in time', async () => {
  const limits = { halfOpen: 1, halfOpenGraceMs: 800, handshakeMs: 60_000, line: 2, lineMs: 300 };
  const edge = await open(() => true, { limits });
  const sockets = Array.from({ length: 4 }, () => connect(edge.listener.port, '127.0.0.1'));
  for (const socket of sockets) socket.on('error', () => undefined);
  const { counters } = edge.listener;
  await until(() => counters.get('refused-line') === 1, 'the fourth finds no place in line');
  await until(() => counters.get('closed-line') === 2, 'two have waited too long');
  assert.equal(edge.listener.waiting, 1);
  assert.equal(counters.get('closed-half-open'), 0, 'nobody waits for the place');
  for (const socket of sockets) socket.destroy();
  await until(() => edge.listener.waiting === 0, 'nobody is left');
});

test('more clients at once than places: every one gets in at its first try', async () => {
  const edge = await open(() => true, { limits: { halfOpen: 2 } });
  const links = await Promise.all(Array.from({ length: 12 }, () => dial(edge)));
  for (const reason of [
    'refused-line',
    'closed-line',
    'closed-half-open',
    'closed-late',
  ] as const) {
    assert.equal(edge.listener.counters.get(reason), 0, reason);
  }
  for (const link of links) link.close();
});

test('in every stage before hello a slow peer is closed in time and counted', async () => {
  const edge = await open(() => true, { limits: { handshakeMs: 200 } });
  const mute = connect(edge.listener.port, '127.0.0.1');
  mute.on('error', () => undefined);
  const upgraded = rawClient(edge.address);
  await upgraded.opened;
  const half = rawClient(edge.address);
  await half.opened;
  // A hello byte by byte never gets there.
  const frame = encodeHello(HELLO, rng);
  const drip = setInterval(() => half.client.send(frame.subarray(0, 1), { fin: false }), 20);
  await upgraded.closed;
  await half.closed;
  clearInterval(drip);
  await until(() => edge.listener.waiting === 0, 'nobody waits');
  assert.ok(edge.listener.counters.get('closed-late') >= 2);
  assert.deepEqual(edge.hellos, []);
});

test('a link that is held is not read from until its time is over; others are', async () => {
  const edge = await open();
  const [early, honest] = [await dial(edge), await dial(edge)];
  early.send(upFrame(1));
  await until(() => edge.ups.length === 1, 'first');
  const link = edge.ups[0]?.link ?? -1;
  const start = performance.now();
  edge.listener.hold(link, 150);
  edge.listener.hold(link, 10_000);
  assert.equal(edge.listener.counters.get('held'), 1, 'a second hold says nothing new');
  early.send(upFrame(2));
  honest.send(upFrame(3));
  await until(() => edge.ups.length === 2, 'the honest one');
  assert.notEqual(edge.ups[1]?.link, link);
  await until(() => edge.ups.length === 3, 'the other one, later');
  assert.ok(performance.now() - start >= 145);
  // Ending while held leaves no timer and no client behind.
  edge.listener.hold(link, 60_000);
  early.close();
  honest.close();
  edge.listener.close(link, 'policy');
  await until(() => edge.listener.connected === 0, 'both are gone');
});

test('every reason for which a connection ends has its counter', async () => {
  const edge = await open((hello) => hello.slotMs !== 1, { limits: { clients: 2 } });
  const { counters } = edge.listener;
  await rawClient(edge.address, {}, '/other').closed;
  assert.equal(counters.get('refused-request'), 1);
  await assert.rejects(
    dialEdge({ ...edge, hello: { ...HELLO, slotMs: 1 }, now: NOW, socks: null, rng }),
    {
      code: 'edge-refused',
    },
  );
  assert.equal(counters.get('refused-hello'), 1);
  const bad = rawClient(edge.address);
  await bad.opened;
  bad.client.send(encodeUp(upFrame(1), rng));
  await bad.closed;
  assert.equal(counters.get('closed-form'), 1);
  const links = [await dial(edge), await dial(edge)];
  await assert.rejects(dial(edge), { code: 'edge-unreachable' });
  assert.equal(counters.get('refused-full'), 1);
  for (const link of links) link.close();
  const shy = await open(() => true, { onConnect: () => null });
  await assert.rejects(dial(shy), { code: 'edge-unreachable' });
  assert.equal(shy.listener.counters.get('refused-greeting'), 1);
});

test('IPv6: a door on ::1, dialled by its address', async () => {
  const edge = await open(() => true, { host: '::1' });
  const link = await dial(edge);
  link.send(upFrame(1));
  await until(() => edge.ups.length === 1, 'a frame');
  link.close();
});

const LIMITS = { halfOpen: 2, halfOpenGraceMs: 100, line: 2, lineMs: 300, handshakeMs: 500 };

test('half-open places: the silent give way to the line, whose handshake goes on does not', () => {
  const places = new HalfOpen<string>(LIMITS);
  for (const name of ['a', 'b']) {
    assert.ok(places.add(name, 0));
    assert.deepEqual(places.moveUp(0), { entering: [name], silent: [] });
  }
  assert.ok(places.add('c', 10));
  assert.ok(places.add('d', 20));
  assert.ok(!places.add('e', 30), 'the line is full');
  places.step('a', 50);
  assert.deepEqual(places.moveUp(99), { entering: [], silent: [] });
  assert.deepEqual(places.moveUp(100), { entering: ['c'], silent: ['b'] });
  assert.deepEqual(places.moveUp(149), { entering: [], silent: [] });
  assert.deepEqual(places.moveUp(150), { entering: ['d'], silent: ['a'] });
  assert.equal(places.size, 2);
});

test('half-open places: a free one goes to the first in line, and each has its time', () => {
  const places = new HalfOpen<string>(LIMITS);
  for (const name of ['a', 'b', 'c', 'd']) {
    places.add(name, 0);
    places.moveUp(0);
  }
  places.delete('b');
  places.step('b', 1);
  assert.deepEqual(places.moveUp(20), { entering: ['c'], silent: [] });
  assert.deepEqual(places.expire(299), { late: [], tired: [] });
  assert.deepEqual(places.expire(300), { late: [], tired: ['d'] });
  places.step('a', 450);
  assert.deepEqual(places.expire(500), { late: ['c', 'a'], tired: [] }, 'from when they came');
  assert.equal(places.size, 0);
});
