/** Scenes at a relay's links: strangers who dial, peers who talk out of turn, sources that lie. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { type LinkIdentity, RelayLinks } from '@tacet/adapters/link-tls';
import { isAppError, pick, randomInt } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import { decodeRelayFrame } from '@tacet/wire';
import { addCounts } from '../mutate.ts';
import { type LinkRole, pause, type Scene } from './link.ts';
import { gone, linkIdentity, tls } from './link-peers.ts';

const FRAME = 12_288;
const PEERS = 6;

export function relayScenes(role: LinkRole): Scene[] {
  return [{ kind: 'a relay and its false friends', silent: true, play: () => falseFriends(role) }];
}

async function falseFriends(role: LinkRole): Promise<void> {
  const { rng, noise } = role;
  const own = linkIdentity();
  const known = linkIdentity();
  const name = (n: number): RelayHash => new Uint8Array(32).fill(n) as RelayHash;
  const liars = await Promise.all(Array.from({ length: PEERS }, () => liar(role, linkIdentity())));
  let malformed = 0;
  const links = await RelayLinks.open({
    socks: null,
    identity: own,
    host: '127.0.0.1',
    port: 0,
    rng,
    onFrame: (_, frame) => {
      try {
        decodeRelayFrame(frame);
        return true;
      } catch (error) {
        if (!isAppError(error, 'malformed')) throw error;
        malformed += 1;
        return false;
      }
    },
  });
  links.setPeers({
    sources: liars.map(({ port, identity }, i) => ({
      relay: name(i + 2),
      keyHashes: [identity.keyHash],
      address: `127.0.0.1:${port}`,
    })),
    targets: [{ relay: name(1), keyHashes: [known.keyHash] }],
  });
  const strangers = Array.from({ length: PEERS }, (_, i) => {
    const { keyPem: key, certPem: cert } = linkIdentity();
    return tls(links.port, i % 2 === 0 ? {} : { key, cert });
  });
  const talker = tls(links.port, { key: known.keyPem, cert: known.certPem });
  talker.write(noise.take(1 + randomInt(rng, 2 * FRAME)));
  await Promise.all([...strangers, talker].map((socket) => gone(socket)));
  for (let i = 0; i < 500 && malformed < PEERS; i++) await pause(2);
  addCounts(role.around, links.counters.snapshot());
  role.count('frame-malformed', malformed);
  role.count('connections', 2 * PEERS + 1);
  await links.close();
  await Promise.all(liars.map(({ close }) => close()));
}

/** Has the right key and sends what is no frame. */
async function liar(role: LinkRole, identity: LinkIdentity) {
  const { rng, noise } = role;
  const { keyPem: key, certPem: cert } = identity;
  const server = createServer(
    { key, cert, minVersion: 'TLSv1.3', ecdhCurve: 'X25519MLKEM768' },
    (socket) => {
      socket.on('error', () => undefined);
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
