import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeTestNetwork, seededRng, type TestNetworkOptions } from '@tacet/testkit';
import fc from 'fast-check';
import { edgesOf, relayIndex } from '../src/lookup.ts';
import { delayCapMs } from '../src/parameters.ts';
import { drawDelay, drawPath, pathDelay } from '../src/path.ts';
import type { RelayHash } from '../src/types.ts';
import { RUNS, throwsCode } from './support/refusals.ts';

const small = { keysAhead: 1, validEpochs: 2 };
const make = (options: TestNetworkOptions) => makeTestNetwork({ parameters: small, ...options });
const wide = make({ seed: 'wide', mixesPerLayer: 3, edges: 3 });

test('a path is one mix of each layer and the edge asked for, with the keys of its epoch', () => {
  const rng = seededRng('path');
  for (const epoch of [wide.document.epoch, wide.document.epoch + 1]) {
    for (const edge of wide.edges) {
      const path = drawPath(rng, wide.verified, epoch, { last: edge.hash });
      assert.equal(path.epoch, epoch);
      assert.deepEqual(path.documentHash, wide.verified.hash);
      path.hops.forEach((hop, i) => {
        const relay = wide.relays[hop.index];
        assert.equal(relay?.layer, [1, 2, 3, 0][i]);
        assert.deepEqual(hop.key, relay?.kem(epoch).publicKey);
      });
      assert.equal(path.hops[3].index, relayIndex(wide.verified, edge.hash));
      assert.equal(
        pathDelay(path),
        path.hops.reduce((sum, hop) => sum + hop.delayMs, 0),
      );
    }
  }
});

test('every mix of a layer is drawn equally often, independently of the other layers', () => {
  const rng = seededRng('uniform');
  const counts = new Map<string, number>();
  const n = 27_000;
  const last = wide.edges[0]?.hash as RelayHash;
  for (let i = 0; i < n; i++) {
    const { hops } = drawPath(rng, wide.verified, wide.document.epoch, { last });
    const name = hops
      .slice(0, 3)
      .map((hop) => hop.index)
      .join();
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  assert.equal(counts.size, 27);
  const chi = [...counts.values()].reduce((sum, c) => sum + (c - n / 27) ** 2 / (n / 27), 0);
  assert.ok(chi < 26 + 5 * Math.sqrt(52), `chi squared ${chi}`);
});

test('delays are exponential with the mean of the document, whole ms, below the cap', () => {
  const rng = seededRng('delays');
  const n = 40_000;
  const mean = 150;
  let sum = 0;
  let above = 0;
  for (let i = 0; i < n; i++) {
    const delay = drawDelay(rng, { delayMeanMs: mean });
    assert.ok(Number.isInteger(delay) && delay >= 0 && delay <= delayCapMs({ delayMeanMs: mean }));
    sum += delay;
    if (delay > mean * Math.LN2) above += 1;
  }
  assert.ok(Math.abs(sum / n - mean) < (5 * mean) / Math.sqrt(n), `mean ${sum / n}`);
  assert.ok(Math.abs(above / n - 0.5) < 0.02, `median ${above / n}`);
});

test('a draw beyond the cap is drawn again', () => {
  const draws = [1 - 2 ** -53, 0.5];
  const rng = {
    fill(out: Uint8Array): Uint8Array {
      const word = Math.floor((draws.shift() ?? 0) * 2 ** 53);
      const view = new DataView(out.buffer, out.byteOffset);
      view.setUint32(0, Math.floor(word / 2 ** 21));
      view.setUint32(4, (word % 2 ** 21) * 2 ** 11);
      return out;
    },
  };
  assert.equal(drawDelay(rng, { delayMeanMs: 100 }), 69);
  assert.equal(draws.length, 0);
});

test('the wait in the last layer can be given, within the cap', () => {
  const last = wide.edges[0]?.hash as RelayHash;
  const draw = (lastDelayMs: number) =>
    drawPath(seededRng(1), wide.verified, wide.document.epoch, { last, lastDelayMs });
  assert.equal(draw(0).hops[3].delayMs, 0);
  const cap = delayCapMs(wide.parameters);
  assert.equal(draw(cap).hops[3].delayMs, cap);
  for (const wrong of [-1, 0.5, cap + 1, Number.NaN]) throwsCode(() => draw(wrong), 'path-delay');
});

test('the four relays are of different families whenever such a path exists', () => {
  const setups = fc.record({
    seed: fc.nat(1_000_000),
    families: fc.array(fc.nat(4), { minLength: 11, maxLength: 11 }),
    countries: fc.array(fc.nat(3), { minLength: 11, maxLength: 11 }),
  });
  fc.assert(
    fc.property(setups, ({ seed, families, countries }) => {
      const network = make({
        seed,
        mixesPerLayer: 3,
        edges: 2,
        family: (n) => `family ${families[n]}`,
        country: (n) => `A${'ABCD'[countries[n] ?? 0]}`,
      });
      const familyOf = (index: number) => network.relays[index]?.descriptor.family;
      const layer = (n: number) => network.mixes.filter((mix) => mix.layer === n);
      const rng = seededRng(seed);
      for (const edge of network.edges) {
        const distinct = (names: (string | undefined)[]) => new Set(names).size;
        let most = 0;
        for (const a of layer(1)) {
          for (const b of layer(2)) {
            for (const c of layer(3)) {
              const four = [a, b, c, edge].map((relay) => relay.descriptor.family);
              most = Math.max(most, distinct(four));
            }
          }
        }
        for (let i = 0; i < 20; i++) {
          const { hops } = drawPath(rng, network.verified, network.document.epoch, {
            last: edge.hash,
          });
          const found = distinct(hops.map((hop) => familyOf(hop.index)));
          if (most === 4) assert.equal(found, 4);
        }
      }
    }),
    { numRuns: Math.ceil(RUNS / 10) },
  );
});

test('a home network of one family still uses every mix', () => {
  const home = make({ seed: 'home', mixesPerLayer: 2, edges: 2, family: () => 'home' });
  const rng = seededRng('home');
  const used = new Set<number>();
  for (let i = 0; i < 100; i++) {
    const last = home.edges[0]?.hash as RelayHash;
    for (const hop of drawPath(rng, home.verified, home.document.epoch, { last }).hops) {
      used.add(hop.index);
    }
  }
  assert.equal(used.size, 7);
});

test('a preferred country does not draw all packets to one mix', () => {
  // Two of three mixes of layer 2 stand in the country of the only layer-1 mix's sibling.
  const network = make({
    seed: 'countries',
    mixesPerLayer: 3,
    edges: 1,
    country: (n) => (n === 4 ? 'CH' : n % 3 === 1 ? 'DE' : (['FR', 'DE', 'SE'][n % 3] ?? 'ZZ')),
  });
  const rng = seededRng('countries');
  const last = network.edges[0]?.hash as RelayHash;
  const used = new Set<number>();
  for (let i = 0; i < 3_000; i++) {
    used.add(drawPath(rng, network.verified, network.document.epoch, { last }).hops[1].index);
  }
  assert.ok(used.size >= 2);
});

test('an epoch outside the document and an unknown last relay are errors', () => {
  const rng = seededRng(1);
  const last = wide.edges[0]?.hash as RelayHash;
  for (const epoch of [wide.document.epoch - 1, wide.document.epoch + 2]) {
    throwsCode(() => drawPath(rng, wide.verified, epoch, { last }), 'path-epoch');
  }
  const mix = wide.mixes[0]?.hash as RelayHash;
  for (const other of [mix, new Uint8Array(32) as RelayHash]) {
    throwsCode(
      () => drawPath(rng, wide.verified, wide.document.epoch, { last: other }),
      'path-relay',
    );
  }
});

test('indices and edges are those of the document', () => {
  for (const [i, relay] of wide.relays.entries()) {
    assert.equal(relayIndex(wide.verified, relay.hash), i);
  }
  assert.equal(relayIndex(wide.verified, new Uint8Array(32) as RelayHash), null);
  assert.deepEqual(
    edgesOf(wide.verified),
    wide.edges.map((edge) => edge.hash),
  );
});
