/** Texts of 32 bytes that a browser shows: taken in their one form, or null. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { base64url, hex, randomBytes, randomInt } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import { proofOf } from '../../src/daemon/window/proof.ts';
import { freshSecret, hashOfSecret } from '../../src/daemon/window/secrets.ts';

const rng = seededRng('secret texts');
const key = randomBytes(rng, 32);
/** What each makes of a text, as hex or text of its own. */
const READERS = {
  'hash of a secret': (text: unknown): string | null => {
    const hash = hashOfSecret(text);
    return hash === null ? null : hex(hash);
  },
  'proof for a nonce': (text: unknown): string | null => proofOf(key, text),
};

test('32 bytes are taken: hashed, and proven with HMAC-SHA-256', () => {
  const secret = freshSecret(rng);
  assert.equal(READERS['hash of a secret'](secret.text), hex(secret.hash));
  const nonce = randomBytes(rng, 32);
  const proof = createHmac('sha256', key).update(nonce).digest('base64url');
  assert.equal(proofOf(key, base64url(nonce)), proof);
});

test('every other length, another alphabet, padding and stray bits are null', () => {
  const text = base64url(randomBytes(rng, 32));
  // The last character has two bits that stand for nothing; in B one of them is set.
  const stray = `${text.slice(0, 42)}B`;
  for (const [name, read] of Object.entries(READERS)) {
    assert.ok(read(text));
    for (let length = 0; length < 90; length++) {
      const other = base64url(randomBytes(rng, 90)).slice(0, length);
      if (length !== 43) assert.equal(read(other), null, `${name}: ${length} characters`);
    }
    for (const behind of ['=', 'A', '\n', text]) assert.equal(read(text + behind), null, name);
    for (const odd of ['+', '/', '=', '.', ' ', '\u0000', 'é']) {
      for (const at of [0, 20, 42]) {
        assert.equal(read(text.slice(0, at) + odd + text.slice(at + 1)), null, `${name}: ${odd}`);
      }
    }
    assert.equal(read(stray), null, `${name}: stray bits`);
    for (const value of [undefined, null, 43, [text], { length: 43 }, Buffer.from(text)]) {
      assert.equal(read(value), null, name);
    }
    for (let run = 0; run < 1_000; run++) {
      const bytes = randomBytes(rng, 43).map((byte) => byte & 0x7f);
      read(Buffer.from(bytes).toString('latin1'));
      const at = randomInt(rng, 43);
      const changed = `${text.slice(0, at)}${'AZaz09-_'[run % 8]}${text.slice(at + 1)}`;
      assert.ok(changed === text || read(changed) !== read(text), name);
    }
  }
});
