/** Scenes at a relay's links: strangers who dial, peers who talk out of turn, sources that lie. */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:tls';
import { type LinkIdentity, RelayLinks } from '@tacet/adapters/link-tls';
import { isAppError, pick, randomInt } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import { decodeRelayFrame } from '@tacet/wire';
import { addCounts } from '../mutate.ts';
import { type LinkRole, pause, type Scene } from './link.ts';
import { FRAME, gone, linkIdentity, tls } from './link-peers.ts';

const PEERS = 6;

export function relayScenes(role: LinkRole): Scene[] {
  return [{ kind: 'a relay and its false friends', silent: true, play: () => falseFriends(role) }];
}

async function falseFriends(role: LinkRole): Promise<void> {
  const { rng, noise } = role;
  const known = linkIdentity();
  const lie = async (socket: Socket): Promise<void> => {
    const frame = noise.take(FRAME);
    frame.set(
      pick(rng, [
        [0, 1],
        [1, 5],
        [1, 0xf5],
        [255, 255],
      ]),
    );
    const cut = randomInt(rng, FRAME);
    socket.write(frame.subarray(0, cut));
    socket.write(frame.subarray(cut));
    socket.write(noise.take(randomInt(rng, 100_000)));
  };
  const liars = await Promise.all(Array.from({ length: PEERS }, () => liar(lie)));
  const { port, heard, seen, end } = await receiver(role, liars, known);
  const strangers = Array.from({ length: PEERS }, (_, i) => {
    const { keyPem: key, certPem: cert } = linkIdentity();
    return tls(port, i % 2 === 0 ? {} : { key, cert });
  });
  const talker = tls(port, { key: known.keyPem, cert: known.certPem });
  talker.write(noise.take(1 + randomInt(rng, 2 * FRAME)));
  await Promise.all([...strangers, talker].map((socket) => gone(socket)));
  await seen(PEERS, 1_000);
  role.count('connections', 2 * PEERS + 1);
  role.count('frames-hostile', heard.malformed);
  await end();
  await Promise.all(liars.map(({ close }) => close()));
}

type Liar = Awaited<ReturnType<typeof liar>>;

/** A relay that dials those sources; `known` may dial it. */
export async function receiver(
  role: LinkRole,
  sources: readonly Liar[],
  known: LinkIdentity | null = null,
) {
  const name = (n: number): RelayHash => new Uint8Array(32).fill(n) as RelayHash;
  const heard = { taken: 0, malformed: 0 };
  const links = await RelayLinks.open({
    socks: null,
    identity: linkIdentity(),
    host: '127.0.0.1',
    port: 0,
    rng: role.rng,
    onFrame: (_, frame) => {
      try {
        decodeRelayFrame(frame);
        heard.taken += 1;
        return true;
      } catch (error) {
        if (!isAppError(error, 'malformed')) throw error;
        heard.malformed += 1;
        return false;
      }
    },
  });
  links.setPeers({
    sources: sources.map(({ port, identity }, i) => ({
      relay: name(i + 2),
      keyHashes: [identity.keyHash],
      address: `127.0.0.1:${port}`,
    })),
    targets: known === null ? [] : [{ relay: name(1), keyHashes: [known.keyHash] }],
  });
  return {
    port: links.port,
    heard,
    /** Settles when so many frames were refused, or it has taken too long. */
    seen: async (malformed: number, atMost = 30_000): Promise<void> => {
      const until = performance.now() + atMost;
      while (heard.malformed < malformed && performance.now() < until) await pause(2);
    },
    end: async (): Promise<void> => {
      addCounts(role.around, links.counters.snapshot());
      role.count('frame-malformed', heard.malformed);
      await links.close();
    },
  };
}

/** Has the right key, and `says` something to each who dials. */
export async function liar(says: (socket: Socket) => Promise<void>) {
  const identity = linkIdentity();
  const { keyPem: key, certPem: cert } = identity;
  const server = createServer(
    { key, cert, minVersion: 'TLSv1.3', ecdhCurve: 'X25519MLKEM768' },
    (socket) => {
      socket.on('error', () => undefined);
      void says(socket);
    },
  );
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    identity,
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
