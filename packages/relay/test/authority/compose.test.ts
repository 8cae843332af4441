import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Descriptor,
  type Document,
  defaultParameters,
  type Parameters,
} from '@tacet/directory';
import { makeTestNetwork } from '@tacet/testkit';
import { type Composition, compose, type Impossible } from '../../src/authority/compose.ts';
import type { Registered } from '../../src/authority/register.ts';

const network = makeTestNetwork({
  seed: 'compose',
  mixesPerLayer: 2,
  edges: 2,
  parameters: { keysAhead: 2, validEpochs: 3 },
});
const first = network.verified;
const e = first.document.epoch;
const crowd: Parameters = {
  ...network.parameters,
  crowd: true,
  poolTarget: 25,
  slotMs: 500,
  delayMeanMs: 400,
};

function registered(change: (d: Descriptor) => Partial<Descriptor> = () => ({})): Registered[] {
  return network.relays.map(({ hash, descriptor, signedDescriptor }) => ({
    relay: hash,
    descriptor: { ...descriptor, ...change(descriptor) },
    signed: signedDescriptor,
  }));
}

const composed = (change: Partial<Composition> = {}): Document | Impossible =>
  compose({
    trust: network.trust,
    parameters: network.parameters,
    echo: new Uint8Array(0),
    release: new Uint8Array(0),
    epoch: e + 1,
    previous: first,
    publishedAt: 0,
    immediate: false,
    registered: registered(),
    ...change,
  });

function documentOf(change: Partial<Composition> = {}): Document {
  const document = composed(change);
  assert.ok(typeof document !== 'string', String(document));
  return document;
}

test('the mean delay follows the request rates of the mixes, a fifth an epoch', () => {
  const rates = (rate: number) => registered((d) => ({ requestRate: d.role === 'mix' ? rate : 0 }));
  const previous = { ...first, document: { ...first.document, parameters: crowd } };
  const delay = (change: Partial<Composition>) =>
    documentOf({ previous, parameters: crowd, ...change }).parameters.delayMeanMs;
  assert.equal(delay({ registered: rates(50_000) }), 480);
  assert.equal(delay({ registered: rates(500_000) }), 320);
  assert.equal(delay({}), 400, 'no rate known');
  // What an operator votes for is the beginning only, unless the delay is fixed.
  assert.equal(delay({ parameters: { ...crowd, delayMeanMs: 900 } }), 400);
  for (const fixed of [{ poolTarget: 0 }, { crowd: false }]) {
    const parameters = { ...crowd, ...fixed, delayMeanMs: 900 };
    assert.equal(delay({ parameters, registered: rates(50_000) }), 900);
  }
  assert.equal(delay({ previous: null, immediate: true, registered: rates(50_000) }), 400);
});

test('what relays report of each other stays out of documents', () => {
  const loops = [{ relay: network.relays[0]?.hash ?? assert.fail(), sent: 9, lost: 1 }];
  const document = documentOf({ registered: registered(() => ({ loops })) });
  assert.ok(document.relays.every((relay) => relay.loops.length === 0));
});

test('relay leaving: out of the next document while its layer has another', () => {
  const leaving = (layer: number, all: boolean) => {
    let seen = 0;
    return registered((d) => {
      if (d.layer !== layer) return {};
      seen += 1;
      return { leaving: all || seen === 1 };
    });
  };
  assert.equal(documentOf({ registered: leaving(2, false) }).relays.length, 7);
  assert.equal(documentOf({ registered: leaving(0, false) }).relays.length, 7);
  assert.equal(documentOf({ registered: leaving(2, true) }).relays.length, 8);
});

test('empty layer: nothing is composed', () => {
  const some = registered().filter(({ descriptor }) => descriptor.layer !== 3);
  assert.equal(composed({ registered: some }), 'not-passable');
});

test('oversized document: nothing is composed that nobody would read', () => {
  const big = makeTestNetwork({
    seed: 'oversized',
    mixesPerLayer: 30,
    edges: 38,
    parameters: { keysAhead: 1, validEpochs: 2 },
  });
  const from = (validEpochs: number): Partial<Composition> => ({
    trust: big.trust,
    parameters: { ...defaultParameters, validEpochs },
    previous: big.verified,
    registered: big.relays.map(({ hash, descriptor, signedDescriptor, kem }) => ({
      relay: hash,
      signed: signedDescriptor,
      descriptor: {
        ...descriptor,
        keys: Array.from({ length: validEpochs + 1 }, (_, i) => kem(e + i).publicKey),
      },
    })),
  });
  assert.equal(composed(from(24)), 'oversized');
  assert.equal(documentOf(from(3)).relays.length, 128);
});
