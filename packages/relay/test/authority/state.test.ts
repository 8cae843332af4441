/** What an authority keeps on disk: whole or refused, since it must not forget what it signed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomBytes } from '@tacet/base';
import { hash } from '@tacet/crypto';
import { checkDecoder, seededRng } from '@tacet/testkit';
import { type AuthorityState, decodeState, encodeState } from '../../src/authority/state.ts';

const rng = seededRng('authority state');
const STATES: readonly AuthorityState[] = [
  { voted: null, signed: null, pending: null, documents: [], descriptors: [] },
  { voted: { epoch: 0, attempt: 0 }, signed: 0, pending: null, documents: [], descriptors: [] },
  {
    voted: { epoch: 491_337, attempt: 0xffff },
    signed: 491_336,
    pending: randomBytes(rng, 40),
    documents: [randomBytes(rng, 50), randomBytes(rng, 1)],
    descriptors: [randomBytes(rng, 30), new Uint8Array(0)],
  },
];

test('an authority’s state keeps the rules of every decoder', () => {
  for (const state of STATES) {
    assert.deepEqual(decodeState(encodeState(state)), state);
    checkDecoder({
      decode: decodeState,
      encode: encodeState,
      valid: encodeState(state),
      rng,
      kinds: ['storage'],
      signed: true,
    });
  }
});

test('a state of another version, with two documents pending or more behind, is refused', () => {
  const sealed = (change: (body: Uint8Array) => Uint8Array): Uint8Array => {
    const valid = encodeState(STATES[0] ?? assert.fail());
    const body = change(valid.slice(0, -32));
    return Uint8Array.from([...body, ...hash('authority-state', body)]);
  };
  assert.ok(decodeState(sealed((body) => body)));
  const wrong = {
    'another version': (body: Uint8Array) => body.with(0, 2),
    'one byte behind': (body: Uint8Array) => Uint8Array.from([...body, 0]),
    'a document that is not there': (body: Uint8Array) => body.with(18, 1),
    'two pending': (body: Uint8Array) =>
      Uint8Array.from([...body.with(22, 2), ...Array(8).fill(0)]),
  };
  for (const [what, change] of Object.entries(wrong)) {
    assert.throws(() => decodeState(sealed(change)), { code: 'authority-state' }, what);
  }
});
