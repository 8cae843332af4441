import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equalBytes, hex } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import { makeTestNetwork } from '@tacet/testkit';
import { peersOf } from '../../src/relay/topology.ts';

const network = makeTestNetwork({ mixesPerLayer: 2, edges: 3 });
const layer = (n: number) => network.mixes.filter((relay) => relay.layer === n).map((r) => r.hash);
const edges = network.edges.map((relay) => relay.hash);
const names = (relays: readonly { readonly relay: RelayHash }[]) =>
  relays.map(({ relay }) => hex(relay)).sort();
const wanted = (...lists: RelayHash[][]) => lists.flat().map(hex).sort();

test('packets go edge, 1, 2, 3, edge; edges tell each other digests; the receiver dials', () => {
  const documents = [network.verified];
  for (const [n, before, after] of [
    [1, edges, layer(2)],
    [2, layer(1), layer(3)],
    [3, layer(2), edges],
  ] as const) {
    for (const self of layer(n)) {
      const { sources, targets } = peersOf(self, documents);
      assert.deepEqual(names(sources), wanted(before));
      assert.deepEqual(names(targets), wanted(after));
    }
  }
  for (const self of edges) {
    const others = edges.filter((edge) => !equalBytes(edge, self));
    const { sources, targets } = peersOf(self, documents);
    assert.deepEqual(names(sources), wanted(layer(3), others));
    assert.deepEqual(names(targets), wanted(layer(1), others));
  }
});

test('every link has both its ends', () => {
  const all = network.relays.map(({ hash }) => ({ hash, ...peersOf(hash, [network.verified]) }));
  for (const { hash, sources } of all) {
    for (const { relay } of sources) {
      const other = all.find((one) => equalBytes(one.hash, relay));
      assert.ok(other?.targets.some((target) => equalBytes(target.relay, hash)));
    }
  }
});

test('the newest document gives the address, all documents give keys', () => {
  const [self] = edges;
  const [mix] = layer(3);
  assert.ok(self && mix);
  const keyHash = new Uint8Array(32).fill(7);
  const later = network.document.epoch + 1;
  const relays = network
    .next(network.verified, later)
    .document.relays.map((relay, i) =>
      equalBytes(network.relays[i]?.hash ?? self, mix)
        ? { ...relay, relayAddress: '127.0.0.1:9', link: { ...relay.link, keyHash } }
        : relay,
    );
  const next = network.next(network.verified, later, { relays });
  const { sources } = peersOf(self, [next, network.verified]);
  const source = sources.find(({ relay }) => equalBytes(relay, mix));
  assert.equal(source?.address, '127.0.0.1:9');
  assert.deepEqual(source?.keyHashes, [keyHash, network.relayOf(mix).descriptor.link.keyHash]);
});

test('a relay that is in no document has no peers', () => {
  const stranger = new Uint8Array(32) as RelayHash;
  assert.deepEqual(peersOf(stranger, [network.verified]), { sources: [], targets: [] });
  assert.deepEqual(peersOf(stranger, []), { sources: [], targets: [] });
});
