/** docs/spec/16-addresses.md 2: what stands in the boxes of an address. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equalBytes, isAppError } from '@tacet/base';
import { hash, kemEncapsulate, kemKeyPair, sealBox } from '@tacet/crypto';
import { seededRng } from '@tacet/testkit';
import {
  encodeEnd,
  endBox,
  isEndOf,
  lockedAddress,
  openRequest,
  placeAt,
  placeIndex,
  requestBox,
  sealRequest,
} from '../../src/addresses/boxes.ts';

const rng = seededRng('address boxes');
const random = (n: number): Uint8Array => rng.fill(new Uint8Array(n));
const owner = kemKeyPair(random(32));
const secret = random(32);
const box = requestBox(secret, { day: 20_800, number: 7 });
const request = {
  invitation: random(32),
  keySetHash: random(32),
  contentId: random(16),
  endsDay: 20_820,
  name: 'Bob',
  text: 'we met at the market',
};

test('a request opens with its key in its box, and nowhere else', () => {
  const sealed = sealRequest(owner.publicKey, box, request, rng);
  assert.equal(sealed.length, 2_264);
  assert.deepEqual(openRequest(owner, box, sealed), request);
  assert.equal(openRequest(kemKeyPair(random(32)), box, sealed), null);
  for (const place of [
    { day: 20_800, number: 8 },
    { day: 20_801, number: 7 },
  ]) {
    assert.equal(openRequest(owner, requestBox(secret, place), sealed), null);
  }
  const again = sealRequest(owner.publicKey, box, request, rng);
  assert.ok(!equalBytes(again, sealed), 'the same request twice shows no equal bytes');
});

test('a request with one bit changed anywhere does not open', () => {
  const sealed = sealRequest(owner.publicKey, box, request, rng);
  for (let at = 0; at < sealed.length; at += 3) {
    const bytes = sealed.slice();
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
    assert.equal(openRequest(owner, box, bytes), null, `byte ${at}`);
  }
  for (const length of [0, 1, 1_121, 2_263, 2_265]) {
    assert.equal(openRequest(owner, box, new Uint8Array(length).fill(20)), null, `${length}`);
  }
});

/** Sealed as it should be, around whatever `content` is. */
function sealAnything(content: Uint8Array): Uint8Array {
  const { ciphertext, secret: shared } = kemEncapsulate(owner.publicKey, rng);
  const key = hash('address-request', shared, ciphertext, box.id);
  const sealed = sealBox(key, new Uint8Array(24), content, box.id);
  return Uint8Array.of(20, ...ciphertext, ...sealed);
}

test('a sealed request that breaks its form is refused: version, names, lengths, padding', () => {
  const longest = { ...request, name: 'x'.repeat(64), text: 'ä'.repeat(450) };
  assert.deepEqual(
    openRequest(owner, box, sealRequest(owner.publicKey, box, longest, rng)),
    longest,
  );
  const content = new Uint8Array(1_127);
  content[0] = 1;
  const changed = (changes: Readonly<Record<number, number>>): Uint8Array => {
    const bytes = content.slice();
    for (const [at, value] of Object.entries(changes)) bytes[Number(at)] = value;
    return sealAnything(bytes);
  };
  assert.notEqual(openRequest(owner, box, changed({})), null);
  const nameAt = 1 + 32 + 32 + 16 + 4;
  const textAt = nameAt + 65;
  const bad: Readonly<Record<string, Uint8Array>> = {
    version: changed({ 0: 2 }),
    'name too long': changed({ [nameAt]: 65 }),
    'name that is no UTF-8': changed({ [nameAt]: 1, [nameAt + 1]: 0xff }),
    'something behind the name': changed({ [nameAt + 1]: 65 }),
    'text of 901 bytes': changed({ [textAt]: 3, [textAt + 1]: 0x85 }),
    'text beyond the end': changed({ [textAt]: 0xff, [textAt + 1]: 0xff }),
    'text that is no UTF-8': changed({ [textAt + 1]: 1, [textAt + 2]: 0xc3 }),
    'something behind the text': changed({ 1126: 1 }),
  };
  for (const [what, bytes] of Object.entries(bad)) {
    assert.throws(
      () => openRequest(owner, box, bytes),
      (error) => isAppError(error, 'malformed'),
      what,
    );
  }
});

test('only the lock ends an address', () => {
  const lock = random(32);
  const r = lockedAddress(lock);
  assert.ok(isEndOf(encodeEnd(lock), r));
  assert.ok(!isEndOf(encodeEnd(r), r), 'what the card shows is not enough');
  assert.ok(!isEndOf(encodeEnd(random(32)), r));
  const trailing = encodeEnd(lock);
  trailing[2_263] = 1;
  assert.ok(!isEndOf(trailing, r));
  assert.ok(!isEndOf(encodeEnd(lock).slice(1), r));
});

test('places have boxes of their own, none of them the end box', () => {
  const ids = new Set([endBox(secret).id.toHex()]);
  for (const day of [20_800, 20_801]) {
    for (let number = 0; number < 256; number += 5) {
      assert.deepEqual(placeAt(placeIndex({ day, number })), { day, number });
      ids.add(requestBox(secret, { day, number }).id.toHex());
    }
  }
  assert.equal(ids.size, 1 + 2 * 52);
});
