/** Who answers TLS in an edge's place: what he is told before he has proved himself. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { createServer, type TLSSocket } from 'node:tls';
import { encodeGreeting, encodeWelcome } from '@tacet/wire';
import { dialEdge } from '../../src/link-ws/index.ts';
import { downUnit } from '../../src/link-ws/units.ts';
import { LINK_TLS } from '../../src/tls/options.ts';
import { identity, rng } from '../tls/support.ts';
import { door, HELLO, NOW } from './support.ts';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const secret = Buffer.from(HELLO.joinSecret);

/** Opens the WebSocket as it should, then says `first`; all that it heard after the request. */
async function hears(first: (socket: TLSSocket) => void): Promise<{ head: string; rest: Buffer }> {
  const own = identity();
  const heard: Buffer[] = [];
  let answered = false;
  const server = createServer({ ...LINK_TLS, key: own.keyPem, cert: own.certPem }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (piece: Buffer) => {
      heard.push(piece);
      const key = /sec-websocket-key: (\S+)/i.exec(Buffer.concat(heard).toString('latin1'))?.[1];
      if (key === undefined || answered) return;
      answered = true;
      const accept = createHash('sha1')
        .update(key + GUID)
        .digest('base64');
      const head = `HTTP/1.1 101 x\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`;
      socket.write(head);
      first(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const options = { address, relay: edge.relay, hello: HELLO, now: NOW, socks: null, rng };
  await assert.rejects(dialEdge(options));
  await new Promise((resolve) => server.close(resolve));
  const all = Buffer.concat(heard);
  const end = all.indexOf('\r\n\r\n') + 4;
  return { head: all.toString('latin1', 0, end), rest: all.subarray(end) };
}

const edge = await door();
after(() => edge.listener.stop());

test('a false edge is told nothing, whatever it shows', async () => {
  const shown: [string, (socket: TLSSocket) => void][] = [
    ['nothing, and ends', (socket) => socket.end()],
    ["the real edge's proof", (s) => s.write(downUnit(encodeGreeting(edge, rng)))],
    ['no proof', (s) => s.write(downUnit(encodeGreeting({ proof: new Uint8Array(0) }, rng)))],
    [
      'a welcome',
      (s) => s.write(downUnit(encodeWelcome({ handle: HELLO.joinSecret.slice(8), now: 1 }, rng))),
    ],
    ['noise', (s) => s.write(new Uint8Array(30_000).fill(0x82))],
    ['a ping', (s) => s.write(Uint8Array.of(0x89, 0))],
    ['a close', (s) => s.write(Uint8Array.of(0x88, 2, 3, 240))],
  ];
  for (const [name, first] of shown) {
    const { head, rest } = await hears(first);
    // A close message with its code at most, which `ws` sends before it ends.
    assert.ok(rest.length <= 8, `${name}: ${rest.length} bytes after the request`);
    assert.equal(rest.includes(secret), false, name);
    assert.match(head, /^GET \/tacet\/1 HTTP\/1\.1\r\n/, name);
    const names = head.split('\r\n').flatMap((line) => /^([\w-]+):/.exec(line)?.[1] ?? []);
    assert.deepEqual(names.map((field) => field.toLowerCase()).sort(), [
      'connection',
      'host',
      'sec-websocket-key',
      'sec-websocket-version',
      'upgrade',
    ]);
    assert.match(head, /host: edge\r\n/i, 'the same for every edge');
  }
});
