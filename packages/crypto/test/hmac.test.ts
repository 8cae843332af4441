/** Vectors of RFC 4231, 4.2 and 4.3. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex, utf8 } from '@tacet/base';
import { hmacSha512 } from '../src/index.ts';

test('HMAC-SHA512 of RFC 4231, whole and in parts', () => {
  const first =
    '87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde' +
    'daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854';
  const key = new Uint8Array(20).fill(0x0b);
  assert.equal(hex(hmacSha512(key, utf8('Hi There'))), first);
  assert.equal(hex(hmacSha512(key, utf8('Hi'), utf8(''), utf8(' There'))), first);
  assert.equal(
    hex(hmacSha512(utf8('Jefe'), utf8('what do ya want '), utf8('for nothing?'))),
    '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554' +
      '9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
  );
});
