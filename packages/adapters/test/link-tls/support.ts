/** Relays with links on loopback, and frames that say which they are. */
import assert from 'node:assert/strict';
import { after } from 'node:test';
import type { RelayHash } from '@tacet/directory';
import {
  type LinkIdentity,
  type Peers,
  RelayLinks,
  type RelayLinksOptions,
} from '../../src/link-tls/index.ts';
import { identity, relayName, rng } from '../tls/support.ts';

export const FRAME = 12_288;
/** Number of a frame its receiver calls malformed. */
export const BAD = 99_999;
const open: RelayLinks[] = [];
after(() => Promise.all(open.map((links) => links.close())));

export interface Relay {
  readonly name: RelayHash;
  readonly key: LinkIdentity;
  readonly links: RelayLinks;
  readonly received: { from: RelayHash; first: number; last: number }[];
}

/** Listens on loopback until the tests of this file are through. */
export async function relay(n: number, options: Partial<RelayLinksOptions> = {}): Promise<Relay> {
  const key = options.identity ?? identity();
  const received: Relay['received'] = [];
  const links = await RelayLinks.open({
    socks: null,
    identity: key,
    host: '127.0.0.1',
    port: 0,
    rng,
    onFrame: (from, frame) => {
      assert.equal(frame.length, FRAME);
      const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
      received.push({ from, first: view.getUint32(0), last: view.getUint32(FRAME - 4) });
      return view.getUint32(0) !== BAD;
    },
    ...options,
  });
  open.push(links);
  return { name: relayName(n), key, links, received };
}

export function frame(n: number): Uint8Array {
  const bytes = new Uint8Array(FRAME);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, n);
  view.setUint32(FRAME - 4, n);
  return bytes;
}

/** @param port where it is dialled, if not where it listens */
export const from = (relay: Relay, port = relay.links.port): Peers => ({
  sources: [
    {
      relay: relay.name,
      keyHashes: [relay.key.keyHash],
      address: `127.0.0.1:${port}`,
    },
  ],
  targets: [],
});
export const to = (...relays: Relay[]): Peers => ({
  sources: [],
  targets: relays.map(({ name, key }) => ({ relay: name, keyHashes: [key.keyHash] })),
});
