/** Every way out of this package through a SOCKS server, and no way around it. */
import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import { type AddressInfo, createServer } from 'node:net';
import { after, test } from 'node:test';
import { isAppError } from '@tacet/base';
import { AuthorityClient, serveAuthority } from '../../src/directory-https/index.ts';
import { RelayLinks } from '../../src/link-tls/index.ts';
import { dialEdge } from '../../src/link-ws/index.ts';
import { type SocksRoute, socksRoute } from '../../src/socks/index.ts';
import { door, HELLO, NOW, upFrame } from '../link-ws/support.ts';
import { identity, relayName, rng, until } from '../tls/support.ts';
import { type SocksServer, type SocksServerOptions, socksServer } from './server.ts';

/** Look-ups of names by this process; the SOCKS servers here make none. */
let lookups = 0;
const hook = createHook({
  init(_, type) {
    if (type === 'GETADDRINFOREQWRAP' || type === 'QUERYWRAP') lookups += 1;
  },
}).enable();
after(() => hook.disable());

const HOSTS = { 'edge.example': '127.0.0.1' };

async function through(
  options: SocksServerOptions,
  use: (s: SocksServer, r: SocksRoute) => unknown,
) {
  const server = await socksServer({ hosts: HOSTS, ...options });
  const route = socksRoute(server.address, rng);
  assert.ok(route !== null);
  try {
    await use(server, route);
  } finally {
    await server.close();
  }
}

for (const options of [{}, { method: 0 }, { slow: true }] satisfies SocksServerOptions[]) {
  test(`a client link by name: nothing resolves it here ${JSON.stringify(options)}`, async () => {
    const edge = await door();
    await through(options, async (server, socks) => {
      const before = lookups;
      const address = `edge.example:${edge.listener.port}`;
      for (let n = 0; n < 2; n++) {
        const link = await dialEdge({ ...edge, address, socks, hello: HELLO, now: NOW, rng });
        link.send(upFrame(1));
        await until(() => edge.ups.length === n + 1, 'a frame through');
        link.close();
      }
      assert.equal(lookups, before);
      const { isolation } = socks;
      const login = 'method' in options ? null : `${isolation.user}:${isolation.password}`;
      const asked = { login, type: 3, host: 'edge.example', port: edge.listener.port };
      assert.deepEqual(server.asked, [asked, asked]);
    });
    await edge.listener.stop();
  });
}

test('relay links through SOCKS: frames come, in order, also in bunches', async () => {
  const [a, b] = [identity(), identity()];
  const got: number[] = [];
  const sender = await RelayLinks.open({
    socks: null,
    identity: a,
    host: '127.0.0.1',
    port: 0,
    rng,
    onFrame: () => false,
  });
  await through({}, async (server, socks) => {
    const receiver = await RelayLinks.open({
      identity: b,
      host: '127.0.0.1',
      port: 0,
      rng,
      socks,
      onFrame: (_, frame) => got.push(frame[100] ?? -1) > 0,
    });
    sender.setPeers({ sources: [], targets: [{ relay: relayName(2), keyHashes: [b.keyHash] }] });
    const address = `edge.example:${sender.port}`;
    const source = { relay: relayName(1), address, keyHashes: [a.keyHash] };
    receiver.setPeers({ sources: [source], targets: [] });
    await until(() => sender.state.up === 1 && receiver.state.up === 1, 'linked');
    for (let n = 0; n < 200; n++) {
      sender.send(relayName(2), new Uint8Array(12_288).fill(n));
    }
    await until(() => got.length === 200, '200 frames');
    assert.deepEqual(
      got,
      Array.from({ length: 200 }, (_, n) => n),
    );
    assert.equal(server.asked[0]?.host, 'edge.example');
    await receiver.close();
  });
  await sender.close();
});

test('a relay reaches its authority through SOCKS', async () => {
  const own = identity();
  const server = await serveAuthority({
    service: { submit: () => ({ kind: 'known' }), documents: () => [] },
    ...own,
    host: '127.0.0.1',
    port: 0,
  });
  await through({}, async (proxy, socks) => {
    const address = `edge.example:${server.port}`;
    const client = new AuthorityClient({ address, keyHash: own.keyHash, socks });
    assert.equal(await client.newest(), null);
    assert.equal(proxy.asked.length, 1);
  });
  await server.close();
});

test('fail closed: whatever the SOCKS server does, nothing connects around it', async () => {
  // A target that would take a direct connection.
  let direct = 0;
  const target = createServer((socket) => {
    direct += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(target.address() as AddressInfo).port}`;
  const dial = (socks: SocksRoute) =>
    dialEdge({ address, relay: relayName(1), socks, hello: HELLO, now: NOW, rng });
  const cases: [SocksServerOptions, string][] = [
    [{ method: 255 }, 'socks-login'],
    [{ loginStatus: 1 }, 'socks-login'],
    [{ replyCode: 2 }, 'socks-refused'],
    [{ replyCode: 5 }, 'socks-target'],
    [{ instead: Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n') }, 'socks-answer'],
  ];
  for (const [options, code] of cases) {
    await through(options, async (_, socks) => {
      await assert.rejects(dial(socks), (error) => isAppError(error, code), code);
    });
  }
  const gone = await socksServer();
  await gone.close();
  const route = socksRoute(gone.address, rng);
  assert.ok(route !== null);
  await assert.rejects(dial(route), { code: 'socks-unreachable' });
  assert.equal(direct, 0);
  target.close();
});
