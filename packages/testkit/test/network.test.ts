import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex } from '@tacet/base';
import { decodeCard, defaultParameters, drawPath, verifyDescriptor } from '@tacet/directory';
import { makeTestNetwork, TEST_NOW } from '../src/network.ts';
import { seededRng } from '../src/rng.ts';

const parameters = { keysAhead: 1, validEpochs: 2 };

test('the same seed gives the same relays, keys and card', () => {
  const one = makeTestNetwork({ seed: 5, parameters });
  const two = makeTestNetwork({ seed: 5, parameters });
  const other = makeTestNetwork({ seed: 6, parameters });
  assert.deepEqual(
    one.relays.map((relay) => hex(relay.hash)),
    two.relays.map((relay) => hex(relay.hash)),
  );
  assert.equal(
    hex(one.relays[0]?.kemSeed(9) ?? new Uint8Array()),
    hex(two.relays[0]?.kemSeed(9) ?? new Uint8Array(1)),
  );
  assert.equal(one.cardText, two.cardText);
  assert.notEqual(one.cardText, other.cardText);
});

test('relays stand at their index, with the key pairs of the document', () => {
  const network = makeTestNetwork({ mixesPerLayer: 2, edges: 3, parameters });
  assert.equal(network.mixes.length, 6);
  assert.equal(network.edges.length, 3);
  network.relays.forEach((relay, index) => {
    assert.deepEqual(network.verified.relayHashes[index], relay.hash);
    const published = network.document.relays[index];
    assert.deepEqual(published?.keys[1], relay.kem(network.document.epoch + 1).publicKey);
    assert.deepEqual(verifyDescriptor(relay.signedDescriptor).relay, relay.hash);
    assert.equal(network.relayOf(relay.hash), relay);
  });
  assert.deepEqual(decodeCard(network.cardText).authorities, network.trust.authorities);
});

test('the first document is in force and can be built on', () => {
  const network = makeTestNetwork({ parameters });
  const built = network.book().forBuilding(TEST_NOW);
  assert.ok(built);
  const [edge] = network.edges;
  assert.ok(edge);
  const path = drawPath(seededRng(1), built.verified, built.epoch, { last: edge.hash });
  assert.equal(path.hops.length, 4);
});

test('later documents are chained, and changes are signed with them', () => {
  const network = makeTestNetwork({ parameters, authorities: 3 });
  const next = network.next(network.verified, network.document.epoch + 1, {
    parameters: { ...network.parameters, delayMeanMs: 99 },
  });
  assert.deepEqual(next.document.previous, network.verified.hash);
  assert.equal(network.book().accept(next), 'added');
  assert.equal(next.document.parameters.delayMeanMs, 99);
});

test('parameters are those of a demonstration unless given', () => {
  assert.equal(makeTestNetwork().document.parameters.crowd, false);
  const usual = makeTestNetwork({ parameters: { ...defaultParameters, ...parameters } });
  assert.equal(usual.document.parameters.crowd, true);
});
