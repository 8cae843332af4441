/** Tokens of bots: shown once, kept as hashes, over when they are revoked or have expired. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, isAppError, utf8 } from '@tacet/base';
import { MAX_TOKENS } from '../../src/limits.ts';
import { Profile } from '../conversations/profile.ts';

const code = (wanted: string) => (error: unknown) => isAppError(error, wanted);

test('made, used, revoked; the store holds no token', async () => {
  const p = await Profile.with('ann', 'bob');
  const { tokens } = p.client;
  const request = { name: 'bot', scopes: ['send', 'read'], contacts: ['bob'] } as const;
  const { token, secret } = tokens.create(request, p.now);
  assert.deepEqual([token.scopes, token.contacts, token.usedAt], [['read', 'send'], ['2'], null]);
  assert.match(secret, /^tacet-token-[\w-]{43}$/);
  assert.equal(tokens.open(`${secret}x`, p.now), null);
  assert.equal(tokens.open(secret, p.now)?.id, token.id);
  p.restart();
  assert.equal(p.client.tokens.open(secret, p.now)?.id, token.id);
  const kept = p.store.all('SELECT * FROM tokens');
  const text = JSON.stringify(kept, (_, value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
  );
  assert.equal(text.includes(secret.slice(12)), false);
  assert.equal(text.includes(Buffer.from(utf8(secret)).toString('latin1')), false);
  p.send('1', 'an event');
  p.client.acknowledgeEvents(`token-${token.id}/main`, 1);
  p.client.tokens.revoke(token.id);
  assert.equal(p.client.tokens.open(secret, p.now), null);
  assert.equal(p.client.tokens.grant(token.id, p.now), null);
  assert.equal(p.client.acknowledgedCursor(`token-${token.id}/main`), 0);
  assert.throws(() => p.client.tokens.revoke(token.id), code('token-unknown'));
  // Its id, under which client ids and places were kept, is never given again.
  assert.notEqual(p.client.tokens.create(request, p.now).token.id, token.id);
});

test('a token ends at its time, and never begins after it', async () => {
  const p = await Profile.with('ann');
  const { tokens } = p.client;
  const request = { name: 'bot', scopes: ['read'], expiresAt: p.now + DAY } as const;
  const { token, secret } = tokens.create(request, p.now);
  assert.notEqual(tokens.grant(token.id, p.now + DAY - 1), null);
  assert.equal(tokens.grant(token.id, p.now + DAY), null);
  assert.equal(tokens.open(secret, p.now + DAY), null);
  assert.throws(() => tokens.create(request, p.now + DAY), code('token-expiry'));
});

test('whose contacts are all gone sees nobody, not everybody', async () => {
  const p = await Profile.with('ann', 'bob');
  const request = { name: 'bot', scopes: ['read'], contacts: ['bob'] } as const;
  const { token } = p.client.tokens.create(request, p.now);
  p.store.run("DELETE FROM contacts WHERE name = 'bob'");
  assert.deepEqual(p.client.tokens.grant(token.id, p.now)?.contacts, []);
});

test('64 tokens', async () => {
  const p = await Profile.with('ann');
  const create = () => p.client.tokens.create({ name: 'bot', scopes: ['read'] }, p.now);
  for (let n = 0; n < MAX_TOKENS; n++) create();
  assert.throws(create, code('tokens-full'));
});
