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
  await assert.rejects(dial(edge), { code: 'edge-unreachable' });
  assert.ok(edge.listener.counters.get('refused-half-open') >= 1);
  await new Promise((resolve) => setTimeout(resolve, 1_050));
  (await dial(edge)).close();
  assert.equal(edge.listener.counters.get('closed-half-open'), 1);
  await until(() => edge.listener.waiting === 0, 'the rest is closed when its time is over');
  assert.ok(edge.listener.counters.get('closed-late') >= 7);
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

test('half-open places: the oldest gives way only once it has had its time', () => {
  const places = new HalfOpen<string>(2, 100);
  assert.deepEqual(places.add('a', 0), { taken: true, evicted: null });
  assert.deepEqual(places.add('b', 50), { taken: true, evicted: null });
  assert.deepEqual(places.add('c', 99), { taken: false, evicted: null });
  assert.deepEqual(places.add('c', 100), { taken: true, evicted: 'a' });
  assert.deepEqual(places.olderThan(50, 120), ['b']);
  places.delete('b');
  assert.equal(places.size, 1);
});
