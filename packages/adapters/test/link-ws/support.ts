import { type ConnectionOptions, connect } from 'node:tls';
import { randomBytes } from '@tacet/base';
import { hybridKeyPair } from '@tacet/crypto';
import {
  encodeLinkProof,
  makeLinkCertificate,
  parseAddress,
  type RelayHash,
  relayHashOf,
} from '@tacet/directory';
import {
  BROADCAST_PAGE,
  type DownFrame,
  type Hello,
  PAYLOAD_LENGTH,
  type UpFrame,
  type Welcome,
} from '@tacet/wire';
import { WebSocket } from 'ws';
import {
  type ClientListener,
  type ClientListenerOptions,
  listenClients,
} from '../../src/link-ws/index.ts';
import { LINK_TLS } from '../../src/tls/options.ts';
import { identity, rng } from '../tls/support.ts';

export const NOW = Date.UTC(2026, 0, 1);

export interface Door {
  readonly relay: RelayHash;
  readonly listener: ClientListener;
  readonly proof: Uint8Array;
  readonly address: string;
  readonly hellos: Hello[];
  readonly ups: { link: number; frame: UpFrame }[];
  readonly closed: number[];
}

/** An edge's door with a real identity; `accept` decides about hellos. */
export async function door(
  accept: (hello: Hello) => boolean = () => true,
  more: Partial<ClientListenerOptions> = {},
): Promise<Door> {
  const pair = hybridKeyPair(randomBytes(rng, 64));
  const key = identity();
  const certificate = makeLinkCertificate(pair, key.keyHash, NOW + 1_000);
  const proof = encodeLinkProof(pair.publicKey, certificate);
  const state = { hellos: [] as Hello[], ups: [] as Door['ups'], closed: [] as number[] };
  const welcome: Welcome = { handle: randomBytes(rng, 8), now: NOW };
  const listener = await listenClients({
    identity: key,
    host: '127.0.0.1',
    port: 0,
    rng,
    onConnect: () => ({ proof }),
    onHello: (_, hello) => {
      state.hellos.push(hello);
      return accept(hello) ? welcome : null;
    },
    onUp: (link, frame) => state.ups.push({ link, frame }),
    onClosed: (link) => state.closed.push(link),
    ...more,
    limits: { pauseMs: 1, ...more.limits },
  });
  const relay = relayHashOf(pair.publicKey);
  const host = more.host === '::1' ? '[::1]' : '127.0.0.1';
  return { relay, listener, proof, address: `${host}:${listener.port}`, ...state };
}

export const HELLO: Hello = {
  joinSecret: new Uint8Array(16).fill(1),
  resume: new Uint8Array(8),
  slotMs: 500,
};

/** A client's packet: what it holds is nobody's business on a link. */
export function upFrame(n: number): UpFrame {
  const frame = new Uint8Array(12_288).fill(n);
  frame[0] = 1;
  frame[1] = 0;
  return { kind: 'packet', frame };
}

export function downFrame(n: number): DownFrame {
  return {
    reply: {
      replyId: new Uint8Array(16).fill(n) as NonNullable<DownFrame['reply']>['replyId'],
      payload: new Uint8Array(PAYLOAD_LENGTH).fill(n),
    },
    broadcast: new Uint8Array(BROADCAST_PAGE).fill(n),
  };
}

/** A WebSocket client of no manners. */
export function rawClient(address: string, tls: ConnectionOptions = {}, path = '/tacet/1') {
  const { host, port } = parseAddress(address) ?? { host: '', port: 0 };
  const client = new WebSocket(`wss://edge${path}`, {
    perMessageDeflate: false,
    createConnection: () => connect({ ...LINK_TLS, host, port, rejectUnauthorized: false, ...tls }),
  });
  client.on('error', () => undefined);
  const opened = new Promise<boolean>((resolve) => {
    client.once('open', () => resolve(true));
    client.once('close', () => resolve(false));
  });
  const closed = new Promise<number>((resolve) => client.once('close', resolve));
  return { client, opened, closed };
}
