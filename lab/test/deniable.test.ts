/**
 * Nothing that a contact receives is signed by a key that lasts: whoever reads it can have written
 * it, so it proves nothing to others (docs/constructions.md, 3). Looked for in every plaintext of
 * a ratchet message, of every key of an envelope and every type of content there is.
 */
import assert from 'node:assert/strict';
import { createPrivateKey, sign } from 'node:crypto';
import { test } from 'node:test';
import { PrivateKey } from '@signalapp/libsignal-client';
import { concat, u32 } from '@tacet/base';
import { ENVELOPE_KEYS, TYPES } from '@tacet/client/received';
import { edKeyPair, edSign, hybridKeyPair, hybridVerify } from '@tacet/crypto';
import { decode, encode, rfc8949EncodeOptions } from 'cborg';
import { LabStage } from '../src/scenarios/lab-stage.ts';
import { everythingSaid, secretsOf } from './everything-said.ts';
import { roomy, signersOf } from './signatures.ts';

/**
 * Lengths of the byte strings of each key in which a signature would have room. Public halves of
 * ML-DSA keys are as long as they are; a change of keys (docs/spec/15-trust.md, 5) is the one
 * statement that is signed.
 */
const ROOM: Readonly<Record<keyof typeof ENVELOPE_KEYS, readonly number[]>> = {
  content: [],
  receipt: [],
  keySet: [1_952],
  hello: [],
  document: [],
  unreadable: [],
  readUpTo: [],
  keyChange: [1_952, 64, 3_309],
  step: [],
  healing: [],
  closed: [],
  fileWords: [],
  recoveryRoot: [],
};

const NAMES = Object.keys(ENVELOPE_KEYS) as (keyof typeof ENVELOPE_KEYS)[];

function mapIn(plaintext: Uint8Array): Map<number, unknown> {
  return decode(plaintext, { useMaps: true }) as Map<number, unknown>;
}

function encoded(value: unknown): Uint8Array {
  return encode(value, rfc8949EncodeOptions);
}

function sorted(numbers: Iterable<number>): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function contentIn(plaintext: Uint8Array): Map<number, unknown> | null {
  const content = mapIn(plaintext).get(ENVELOPE_KEYS.content);
  return content instanceof Map ? content : null;
}

const stage = new LabStage('deniable');
const said = everythingSaid(stage).then((all) => {
  const secrets = new Map(
    [all.alice, all.bob, all.carol].map((one) => [one, secretsOf(stage, one)]),
  );
  // The first words of a meeting are no envelope, but one fixed form without any such string.
  const envelopes = all.heard
    .filter(({ plaintext }) => plaintext[0] !== 1)
    .map(({ plaintext, writer }) => ({ plaintext, keys: secrets.get(writer) ?? assert.fail() }));
  assert.equal(all.heard.length - envelopes.length, 3, 'three meetings');
  return { ...all, envelopes, keys: secrets.get(all.alice) ?? assert.fail() };
});

test('invariant: nothing a contact receives is signed by a lasting key of its writer', async () => {
  const { envelopes } = await said;
  const keys = envelopes.flatMap(({ plaintext }) => [...mapIn(plaintext).keys()]);
  assert.deepEqual(sorted(keys), sorted(Object.values(ENVELOPE_KEYS)), 'every key was said');
  const types = envelopes.map(({ plaintext }) => contentIn(plaintext)?.get(1));
  assert.deepEqual(
    sorted(types.filter((type) => typeof type === 'number')),
    sorted(Object.values(TYPES).map(({ number }) => number)),
    'contents of every type were said',
  );
  for (const { plaintext, keys: lasting } of envelopes) {
    for (const [key, value] of mapIn(plaintext)) {
      const name = NAMES.find((one) => ENVELOPE_KEYS[one] === key) ?? assert.fail(String(key));
      assert.deepEqual(roomy(encoded(value)), ROOM[name], name);
    }
    // What signs a statement signs nothing else; that it is this statement is looked at below.
    const rest = mapIn(plaintext);
    const stated = rest.delete(ENVELOPE_KEYS.keyChange);
    assert.deepEqual(signersOf(stated ? encoded(rest) : plaintext, lasting), []);
  }
});

test('invariant: the one statement that is signed names two key sets of its writer, and no reader', async () => {
  const { envelopes, keys, nextKeySet } = await said;
  const told = envelopes
    .map(({ plaintext }) => mapIn(plaintext).get(ENVELOPE_KEYS.keyChange) as unknown[] | undefined)
    .filter((list) => list !== undefined);
  // To both in the same words: it proves neither that it was said to one, nor when.
  assert.equal(told.length, 2);
  assert.deepEqual(told[0], told[1]);
  const [ed25519, mldsa65] = (told[0] ?? []).slice(-2) as [Uint8Array, Uint8Array];
  const whole = [keys.keySetHash, nextKeySet, u32(1)];
  assert.ok(hybridVerify(keys, { ed25519, mldsa65 }, 'key-change', ...whole));
});

/** As if its writer had signed which content it is, in a field of a later version. */
function plantedIn(content: Map<number, unknown>, secret: Uint8Array): Map<number, unknown> {
  return new Map([...content, [99, edSign(secret, encoded(content.get(2)))]]);
}

test('control: a signature is found wherever it is put, in every type and beside every key', async () => {
  const { envelopes, keys } = await said;
  const ed = edKeyPair(keys.seed.slice(0, 32)).secretKey;
  const found = new Set<string>();
  for (const { plaintext } of envelopes) {
    const envelope = mapIn(plaintext);
    const content = contentIn(plaintext);
    const places = [...envelope.keys()].map((key) => `key ${key}`);
    const type = `type ${content?.get(1)}`;
    if ([...places, ...(content === null ? [] : [type])].every((place) => found.has(place)))
      continue;
    const planted =
      content === null
        ? new Map([...envelope, [99, edSign(ed, encoded([...envelope.values()][0]))]])
        : new Map([...envelope, [ENVELOPE_KEYS.content, plantedIn(content, ed)]]);
    assert.deepEqual(signersOf(encoded(planted), keys), ['Ed25519'], places.join());
    assert.ok(roomy(encoded(planted)).includes(64));
    for (const place of [...places, type]) found.add(place);
  }
  for (const key of Object.values(ENVELOPE_KEYS)) assert.ok(found.has(`key ${key}`), `key ${key}`);
  for (const { number } of Object.values(TYPES)) assert.ok(found.has(`type ${number}`));
});

test('control: a signature by any lasting key, over content or envelope, is found', async () => {
  const { envelopes, keys } = await said;
  const hello =
    envelopes.find(({ plaintext }) => Buffer.from(plaintext).includes('hello')) ?? assert.fail();
  const envelope = mapIn(hello.plaintext);
  const content = encoded(envelope.get(ENVELOPE_KEYS.content));
  const ml = createPrivateKey({
    ...{ key: keys.seed.slice(32), format: 'raw-seed', asymmetricKeyType: 'ml-dsa-65' },
  });
  const ed = edKeyPair(keys.seed.slice(0, 32)).secretKey;
  const { sign: hybrid } = hybridKeyPair(keys.seed);
  const both = hybrid('key-set', content);
  const cases: readonly (readonly [string, Uint8Array, readonly string[]])[] = [
    ['Ed25519', edSign(ed, content), ['Ed25519']],
    ['the text alone', edSign(ed, new TextEncoder().encode('hello')), ['Ed25519']],
    ['ML-DSA-65', sign(null, content, ml), ['ML-DSA-65']],
    [
      'identity key',
      PrivateKey.deserialize(Uint8Array.from(keys.identity)).sign(Uint8Array.from(content)),
      ['identity'],
    ],
    ['both under a label', concat(both.ed25519, both.mldsa65), ['Ed25519', 'ML-DSA-65']],
  ];
  for (const [what, signature, signers] of cases) {
    const signed = encoded(new Map([...envelope, [99, signature]]));
    assert.deepEqual(signersOf(signed, keys), signers, what);
    assert.deepEqual(roomy(signed), [signature.length], what);
  }
});
