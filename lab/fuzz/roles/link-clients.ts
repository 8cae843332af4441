/** Scenes at an edge's door for clients. */

import { constants } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { pick, randomInt } from '@tacet/base';
import { BROADCAST_PAGE, encodeHello, encodeUp } from '@tacet/wire';
import { flip } from '../mutate.ts';
import { type LinkRole, pause, type Scene } from './link.ts';
import {
  FRAME,
  gone,
  HEAD,
  HELLO,
  type Peer,
  sessionOf,
  tcp,
  tls,
  UPGRADE,
  webSocket,
} from './link-peers.ts';

const MANY = 6;

export function clientScenes(role: LinkRole): Scene[] {
  const { rng, noise } = role;
  const scene = (kind: string, silent: boolean, play: () => Promise<void>): Scene => ({
    kind,
    silent,
    play,
  });
  /** So many at once; settles when the door has ended them all. */
  async function all(n: number, one: (i: number) => Promise<Socket | null>): Promise<void> {
    role.count('connections', n);
    await Promise.all(
      Array.from({ length: n }, async (_, i) => {
        const socket = await one(i);
        if (socket !== null) await gone(socket);
      }),
    );
  }
  const sessions = async (n: number): Promise<Peer[]> => {
    role.count('connections', n);
    const all = await Promise.all(Array.from({ length: n }, () => sessionOf(role.port, rng)));
    return all.filter((one) => one !== null);
  };
  const written = (socket: Socket, bytes: string | Uint8Array): Socket => {
    socket.write(bytes);
    return socket;
  };
  const bentRequest = (): string => {
    const bytes = flip(rng, Buffer.from(UPGRADE), 0, UPGRADE.length - 4);
    const ends = '\r\n\r\n';
    return pick(rng, [
      `${Buffer.from(bytes).toString('latin1').replaceAll('\r\n\r\n', '')}${ends}`,
      `GET / HTTP/1.1${ends}`,
      `POST /tacet/1 HTTP/1.1${ends}`,
      UPGRADE.replace('websocket', 'h2c'),
      UPGRADE.replace('version: 13', 'version: 8'),
      UPGRADE.replace('/tacet/1', '/tacet/2'),
    ]).replace(
      'GET /tacet/1 HTTP/1.1\r\nhost',
      pick(rng, ['GET /tacet/1 HTTP/1.0\r\nhost', 'GET /x HTTP/1.1\r\nhost']),
    );
  };
  /** What is no unit: another length, text, ping, a fragment, no mask, noise. */
  const noUnit = (): Uint8Array => {
    const head = HEAD.slice();
    switch (randomInt(rng, 6)) {
      case 0:
        head.set([0x82, 0xff, 0, 0, 0, 0, 0x7f, 0xff]);
        return Buffer.concat([head, noise.take(1_000)]);
      case 1:
        head[0] = pick(rng, [0x81, 0x89, 0x8a, 0x02, 0x80, 0xc2]);
        return Buffer.concat([head, noise.take(FRAME)]);
      case 2:
        head[1] = 0x7e;
        return head;
      case 3:
        head[3] = 1 + randomInt(rng, 255);
        return Buffer.concat([head, noise.take(FRAME)]);
      default: {
        const bytes = noise.take(2_000);
        bytes[0] = 1 + randomInt(rng, 0x7f);
        return bytes;
      }
    }
  };
  const badFrame = (): Uint8Array => {
    const frame = noise.take(FRAME);
    frame[0] = pick(rng, [0, 1, 2, 255]);
    frame[1] = 1 + randomInt(rng, 0xe0);
    return Buffer.concat([HEAD, frame]);
  };
  const oldTls = (i: number): Socket =>
    i % 2 === 0
      ? tls(role.port, { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' })
      : tls(role.port, { ecdhCurve: 'X25519', secureOptions: constants.SSL_OP_NO_TICKET });

  return [
    scene('bytes that are no TLS', true, () =>
      all(MANY, async () => written(tcp(role.port), noise.take(1 + randomInt(rng, 4_000)))),
    ),
    scene('an older TLS, a classical group', true, () => all(MANY, async (i) => oldTls(i))),
    scene('other requests', true, () =>
      all(MANY, async () => written(tls(role.port), bentRequest())),
    ),
    scene('a request without end', true, () =>
      all(MANY, async () =>
        written(tls(role.port), `GET /tacet/1 HTTP/1.1\r\nx: ${'y'.repeat(6_000)}`),
      ),
    ),
    scene('a request byte by byte', true, () => all(MANY, async () => dripping(tls(role.port)))),
    scene('nothing said', true, () => all(MANY, async () => tcp(role.port))),
    scene('more than there are places', true, async () => {
      // Eight begin their handshake, two stand in line; who has been silent then gives way; and of the
      // last ones some find no place in the line, and others wait in it too long.
      const sockets: Socket[] = [];
      for (const n of [10, 6, 20]) {
        const wave = Array.from({ length: n }, () => tcp(role.port));
        sockets.push(...wave);
        role.count('connections', n);
        await Promise.all(wave.map((socket) => opened(socket)));
        if (n === 10) await pause(550);
      }
      await Promise.all(sockets.map((socket) => gone(socket)));
    }),
    scene('what is no unit', true, () => all(MANY, () => saying(noUnit()))),
    scene('a malformed hello', true, () => all(MANY, () => saying(badFrame()))),
    scene('a hello that is refused', true, () => {
      const hello = encodeHello({ ...HELLO, joinSecret: new Uint8Array(16).fill(8) }, rng);
      return all(MANY, () => saying(Buffer.concat([HEAD, hello])));
    }),
    scene('while nobody is admitted', true, async () => {
      role.shy = true;
      await all(MANY, async () => written(tls(role.port), UPGRADE));
      role.shy = false;
    }),
    scene('malformed frames up', false, async () => {
      for (const { socket } of await sessions(5)) {
        socket.write(badFrame());
        role.count('frames-hostile');
        await gone(socket);
      }
    }),
    scene('frames as fast as they go', false, async () => {
      const frame = new Uint8Array(FRAME);
      frame[0] = 1;
      const peers = await sessions(5);
      for (const peer of peers) {
        for (let i = 0; i < 10; i++) peer.unit(encodeUp({ kind: 'packet', frame }, rng));
      }
      role.count('frames-hostile', 10 * peers.length);
      await pause(30);
      for (const { socket } of peers) socket.destroy();
    }),
    scene('more clients than there are places', false, async () => {
      const peers = await sessions(6);
      await all(5, async () => written(tls(role.port), UPGRADE));
      for (const { socket } of peers) socket.destroy();
    }),
    scene('silent, and not reading', false, async () => {
      const peers = await sessions(5);
      const broadcast = new Uint8Array(BROADCAST_PAGE);
      // Each socket takes some megabytes before frames begin to wait here.
      for (let i = 0; i < 3_000 && role.links.size > 0; i++) {
        for (const link of role.links) role.listener.down(link, { reply: null, broadcast });
        if (i % 20 === 0) await pause(0);
      }
      for (const { socket } of peers) await gone(socket);
      const silent = await sessions(5);
      for (const { socket } of silent) await gone(socket);
    }),
  ];

  async function saying(bytes: Uint8Array): Promise<Socket | null> {
    const socket = await webSocket(role.port);
    return socket === null ? null : written(socket, bytes);
  }
}

async function opened(socket: Socket): Promise<void> {
  if (socket.connecting) await once(socket, 'connect').catch(() => undefined);
}

function dripping(socket: Socket): Socket {
  let at = 0;
  const timer = setInterval(() => socket.write(UPGRADE.slice(at, ++at)), 20);
  socket.once('close', () => clearInterval(timer));
  return socket;
}
