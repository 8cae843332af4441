import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { isAppError } from '@tacet/base';
import { encodeHello, encodeUp } from '@tacet/wire';
import { dialEdge, type EdgeLink } from '../../src/link-ws/index.ts';
import { identity, relayName, rng, until } from '../tls/support.ts';
import { type Door, door, downFrame, HELLO, NOW, rawClient, upFrame } from './support.ts';

const doors: Door[] = [];
after(() => Promise.all(doors.map(({ listener }) => listener.stop())));

async function open(...options: Parameters<typeof door>): Promise<Door> {
  const opened = await door(...options);
  doors.push(opened);
  return opened;
}

const dial = ({ address, relay }: Pick<Door, 'address' | 'relay'>, now = NOW): Promise<EdgeLink> =>
  dialEdge({ address, relay, hello: HELLO, now, socks: null, rng });
const hasCode = (code: string) => (error: unknown) => isAppError(error, code);

test('hello, welcome, then frames both ways, and their bytes', async () => {
  const edge = await open();
  const link = await dial(edge);
  assert.deepEqual(edge.hellos, [HELLO]);
  assert.equal(link.welcome.now, NOW);
  const downs: number[] = [];
  link.onDown((frame) => downs.push(frame.broadcast[5] ?? -1));
  for (let n = 0; n < 20; n++) link.send(upFrame(n));
  link.send({ kind: 'rate', slotMs: 250 });
  await until(() => edge.ups.length === 21, '21 frames up');
  for (const [n, { frame }] of edge.ups.slice(0, 20).entries()) {
    const wanted = upFrame(n);
    assert.ok(frame.kind === 'packet' && wanted.kind === 'packet');
    assert.ok(Buffer.from(frame.frame).equals(wanted.frame));
  }
  assert.deepEqual(edge.ups[20]?.frame, { kind: 'rate', slotMs: 250 });
  const id = edge.ups[0]?.link ?? -1;
  for (let n = 1; n < 11; n++) edge.listener.down(id, downFrame(n));
  await until(() => downs.length === 10, '10 frames down');
  assert.deepEqual(downs, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.equal(link.bytesUp, 22 * 12_318);
  assert.equal(link.bytesDown, 12 * 12_314);
  link.close();
  await until(() => edge.closed.length === 1, 'closed');
  assert.deepEqual(edge.closed, [id]);
  edge.listener.down(id, downFrame(1));
});

test('frames to many links share one buffer and stay what they were', async () => {
  const edge = await open();
  const links = [await dial(edge), await dial(edge), await dial(edge)];
  const got: string[][] = links.map(() => []);
  for (const [i, link] of links.entries()) {
    link.onDown(({ reply, broadcast }) => {
      const all = [...(reply?.payload ?? []), ...broadcast];
      got[i]?.push(new Set(all).size === 1 ? String(all[0]) : 'mixed');
    });
    link.send(upFrame(i));
  }
  await until(() => edge.ups.length === 3, 'all are known');
  const names = new Map(
    edge.ups.map(({ link, frame }) => [
      frame.kind === 'packet' ? (frame.frame[50] ?? -1) : -1,
      link,
    ]),
  );
  for (let n = 1; n <= 40; n++) {
    for (let i = 0; i < 3; i++)
      edge.listener.down(names.get(i) ?? -1, downFrame(1 + 10 * i + (n % 10)));
    if (n % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await until(() => got.every((frames) => frames.length === 40), 'all frames');
  for (const [i, frames] of got.entries()) {
    assert.deepEqual(
      frames,
      Array.from({ length: 40 }, (_, n) => String(1 + 10 * i + ((n + 1) % 10))),
    );
  }
  for (const link of links) link.close();
});

test('frames that come before a listener is set are not lost', async () => {
  const edge = await open();
  const link = await dial(edge);
  link.send(upFrame(1));
  await until(() => edge.ups.length === 1, 'up');
  edge.listener.down(edge.ups[0]?.link ?? -1, downFrame(7));
  await until(() => link.bytesDown > 30_000, 'down');
  const got: unknown[] = [];
  link.onDown((frame) => got.push(frame));
  assert.equal(got.length, 1);
  link.close();
});

test('another relay at the address, or a certificate out of date, is refused', async () => {
  const edge = await open();
  await assert.rejects(dial({ address: edge.address, relay: relayName(1) }), hasCode('edge-key'));
  await assert.rejects(dial(edge, NOW + 1_001), hasCode('edge-key'));
});

test('a proof copied from another edge does not pass: it names another TLS key', async () => {
  const edge = await open();
  const { proof } = edge;
  const thief = await open(() => true, { identity: identity(), onConnect: () => ({ proof }) });
  const stolen = { address: thief.address, relay: edge.relay };
  await assert.rejects(dial(stolen), hasCode('edge-key'));
  assert.deepEqual(thief.hellos, []);
});

test('a refused hello, a closed port and a wrong address have one code each', async () => {
  const edge = await open(() => false);
  await assert.rejects(dial(edge), hasCode('edge-refused'));
  assert.deepEqual(edge.closed, []);
  assert.equal(edge.listener.counters.get('refused-hello'), 1);
  const gone = await door();
  await gone.listener.stop();
  await assert.rejects(dial(gone), hasCode('edge-unreachable'));
  await assert.rejects(dial({ ...edge, address: 'nowhere' }), hasCode('address'));
});

test('the listener learns of every close, the dialler too', async () => {
  const edge = await open();
  const link = await dial(edge);
  let closed = 0;
  link.onClose(() => {
    closed += 1;
  });
  link.send(upFrame(1));
  await until(() => edge.ups.length === 1, 'up');
  edge.listener.close(edge.ups[0]?.link ?? -1, 'policy');
  await until(() => closed === 1 && edge.closed.length === 1, 'both know');
  link.onClose(() => {
    closed += 1;
  });
  assert.equal(closed, 2, 'a late listener hears of it at once');
  link.send(upFrame(2));
});

test('a link that falls silent is closed by its dialler', async () => {
  const edge = await open();
  const link = await dialEdge({ ...edge, hello: HELLO, now: NOW, socks: null, rng, silenceMs: 30 });
  await new Promise<void>((resolve) => link.onClose(resolve));
});

test('a silent client is closed by the edge', async () => {
  const edge = await open(() => true, { limits: { silenceMs: 80 } });
  const link = await dial(edge);
  await new Promise<void>((resolve) => link.onClose(resolve));
  assert.equal(edge.listener.counters.get('closed-silent'), 1);
});

function fragments(client: ReturnType<typeof rawClient>['client']): void {
  for (let n = 0; n < 12_288; n++) client.send(Uint8Array.of(1), { fin: n === 12_287 });
}

test('any other form closes the link', async () => {
  const edge = await open();
  const hello = encodeHello(HELLO, rng);
  const forms: [string, (client: ReturnType<typeof rawClient>['client']) => void][] = [
    ['text', (client) => client.send('x'.repeat(12_288))],
    ['fragment', (client) => client.send(new Uint8Array(12_288), { fin: false })],
    ['many fragments', (client) => fragments(client)],
    ['far too long', (client) => client.send(new Uint8Array(8_000_000))],
    ['short', (client) => client.send(new Uint8Array(12_287))],
    ['long', (client) => client.send(new Uint8Array(12_289))],
    ['empty', (client) => client.send(new Uint8Array(0))],
    ['ping', (client) => client.ping()],
    ['pong', (client) => client.pong()],
    ['packet before hello', (client) => client.send(encodeUp(upFrame(1), rng))],
    ['second hello', (client) => client.send(hello, () => client.send(hello))],
    ['noise', (client) => client.send(new Uint8Array(12_288).fill(9))],
  ];
  for (const [name, act] of forms) {
    const before = edge.listener.counters.get('closed-form');
    const { client, opened, closed } = rawClient(edge.address);
    assert.ok(await opened, name);
    act(client);
    await closed;
    assert.equal(edge.listener.counters.get('closed-form'), before + 1, name);
  }
  assert.deepEqual(edge.ups, []);
  await until(() => edge.listener.connected === 0, 'none is left');
});

test('another path, TLS 1.2 or a classical group do not get in', async () => {
  const edge = await open();
  assert.equal(await rawClient(edge.address, {}, '/').opened, false);
  const old = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
  assert.equal(await rawClient(edge.address, old).opened, false);
  assert.equal(await rawClient(edge.address, { ecdhCurve: 'X25519' }).opened, false);
});

test('more clients than the cap are turned away, then let in again', async () => {
  const edge = await open(() => true, { limits: { clients: 2 } });
  const links = [await dial(edge), await dial(edge)];
  await assert.rejects(dial(edge), hasCode('edge-unreachable'));
  links[0]?.close();
  await until(() => edge.listener.connected === 1, 'one left');
  links[0] = await dial(edge);
  for (const link of links) link.close();
});

test('a client that does not read is cut off', async () => {
  const edge = await open();
  const { client, opened, closed } = rawClient(edge.address);
  await opened;
  client.send(encodeHello(HELLO, rng));
  await until(() => edge.hellos.length === 1, 'hello');
  client.pause();
  await until(() => {
    for (let n = 0; n < 50; n++) edge.listener.down(1, downFrame(1));
    return edge.closed.length === 1;
  }, 'cut off');
  assert.equal(edge.listener.counters.get('closed-slow'), 1);
  client.resume();
  await closed;
});

test('mixnet case (39): a storm of reconnections leaves nothing behind', async () => {
  const edge = await open();
  for (let round = 0; round < 4; round++) {
    const links = await Promise.all(Array.from({ length: 25 }, () => dial(edge)));
    const raw = Array.from({ length: 10 }, () => rawClient(edge.address));
    await Promise.all(raw.map(({ opened }) => opened));
    assert.equal(edge.listener.connected, 25, 'those without a hello are no clients');
    for (const link of links) link.close();
    for (const { client } of raw) client.terminate();
    await until(() => edge.listener.connected === 0 && edge.listener.waiting === 0, 'all gone');
  }
  assert.equal(edge.closed.length, 100);
  (await dial(edge)).close();
});

test('stop closes every link and the port', async () => {
  const edge = await open();
  const link = await dial(edge);
  const closed = new Promise<void>((resolve) => link.onClose(resolve));
  await edge.listener.stop();
  await closed;
  await edge.listener.stop();
});
