/** What a recovery phrase opens things with, by another implementation of Argon2id. */
import assert from 'node:assert/strict';
import { argon2Sync } from 'node:crypto';
import { test } from 'node:test';
import { blake2b } from '@noble/hashes/blake2.js';
import { Sensitive } from '@tacet/base';
import { phraseRoot, readPhrase } from '../../src/recovery-phrase/index.ts';

test('its root is Argon2id with 256 MiB of the words and the salt', async () => {
  const phrase = readPhrase(new Sensitive(`${'abandon '.repeat(11)}about`));
  const salt = new Uint8Array(32).fill(5);
  const label = Buffer.from('\x13tacet/1/argon2-salt', 'latin1');
  const short = blake2b(Buffer.concat([label, salt]), { dkLen: 32 }).subarray(0, 16);
  const slow = argon2Sync('argon2id', {
    message: Buffer.from(phrase.expose()),
    nonce: short,
    parallelism: 1,
    tagLength: 32,
    memory: 262_144,
    passes: 3,
  });
  assert.equal(Buffer.from(await phraseRoot(phrase, salt)).toString('hex'), slow.toString('hex'));
});
