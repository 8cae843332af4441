/**
 * Nothing that a contact receives is signed by a key that lasts: whoever reads it can have written
 * it, so it proves nothing to others (docs/constructions.md, 3). Looked for in every plaintext of
 * a ratchet message, of every kind of content.
 */
import assert from 'node:assert/strict';
import { createPrivateKey, sign } from 'node:crypto';
import { test } from 'node:test';
import { PrivateKey } from '@signalapp/libsignal-client';
import { concat } from '@tacet/base';
import type { MessageView } from '@tacet/client';
import { edKeyPair, edSign, hybridKeyPair } from '@tacet/crypto';
import { decode, encode, rfc8949EncodeOptions } from 'cborg';
import { LabStage } from '../src/scenarios/lab-stage.ts';
import type { Actor } from '../src/scenarios/stage.ts';
import { delivered, meet } from '../src/scenarios/steps.ts';
import { type LastingKeys, roomy, signersOf } from './signatures.ts';

/** Public halves of ML-DSA keys, which a guest sends once: as long as they are, and no signature. */
const KNOWN = [1_952];

/** Types of contents (docs/spec/14-content.md, 2) that a command of this version sends. */
const EVERY_TYPE = [1, 2, 3, 4, 7];

/**
 * Of an envelope (docs/spec/07-streams.md, 4) but for 6, in which there are only numbers, and 8: the
 * one statement that is signed, of nothing but two key sets of its writer (docs/spec/15-trust.md, 5).
 */
const EVERY_KEY = [1, 2, 3, 4, 5, 7, 9, 10];

interface Secrets extends LastingKeys {
  readonly seed: Uint8Array;
  readonly identity: Uint8Array;
}

function secretsOf(stage: LabStage, actor: Actor): Secrets {
  const store = stage.personOf(actor)['store'];
  const one = (sql: string): Uint8Array =>
    (store.get(sql)?.['value'] ?? assert.fail(sql)) as Uint8Array;
  const seed = one("SELECT value FROM settings WHERE name = 'signing-seed'");
  return {
    seed,
    ...hybridKeyPair(seed).publicKey,
    identity: one("SELECT value FROM session_records WHERE name = 'identity'"),
    identityKey: one("SELECT value FROM settings WHERE name = 'identity-key'"),
  };
}

/** Everything this person decrypts from now on. */
function overhear(stage: LabStage, actor: Actor): Uint8Array[] {
  const heard: Uint8Array[] = [];
  const { session } = stage.personOf(actor);
  const decrypt = session.decrypt.bind(session);
  session.decrypt = async (records, peer, ciphertext) => {
    const opened = await decrypt(records, peer, ciphertext);
    heard.push(opened.plaintext);
    return opened;
  };
  return heard;
}

function isRead({ state }: MessageView): boolean {
  return state === 'read';
}

function mapIn(plaintext: Uint8Array): Map<number, unknown> {
  return decode(plaintext, { useMaps: true }) as Map<number, unknown>;
}

/** They meet, and say everything that can be said; what each got from the other. */
async function conversation(stage: LabStage) {
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const [atAlice, atBob] = [overhear(stage, alice), overhear(stage, bob)];
  await meet(stage, alice, bob);
  // More boxes than one generation of a stream serves: fresh entropy is offered.
  for (const text of ['hello', ...Array.from({ length: 9 }, () => 'x'.repeat(16_384)), 'bye']) {
    await delivered(stage, alice, [(await alice.send('bob', text)).id]);
  }
  await delivered(stage, bob, [(await bob.send('alice', 'well?')).id]);
  const { world } = stage;
  const now = world.now;
  const { client } = stage.personOf(alice);
  const line = await alice.send('bob', 'of which more');
  client.talk.send({ contactId: 'bob', text: 'so?', clientId: null, replyTo: line.id }, now);
  client.talk.react({ id: line.id, emoji: 'ha', clientId: null }, now);
  client.talk.edit({ id: line.id, text: 'of which less', clientId: null }, now);
  client.talk.delete({ id: line.id, forEveryone: true, clientId: null }, now);
  client.talk.setTimer({ contactId: 'bob', seconds: 3_600, clientId: null }, now);
  const { client: reader } = stage.personOf(bob);
  reader.conversations.settings('alice', { readReceipts: true }, now);
  reader.markRead('alice', now);
  await stage.until('all that is told', async () => {
    for (const one of [alice, bob]) world.pumpPerson(stage.personOf(one));
    return (await alice.status()).outbox === 0 && (await alice.messages('bob')).some(isRead);
  });
  const codes = (one: Actor) => stage.personOf(one).client.codes;
  const comparing = async (one: Actor, other: Actor) =>
    codes(one).get(other.name, stage.world.now).state === 'compare';
  codes(alice).start('bob', stage.world.now);
  stage.world.pumpPerson(stage.personOf(alice));
  await stage.until(
    'both see a code',
    async () => (await comparing(alice, bob)) && (await comparing(bob, alice)),
  );
  return { alice, bob, atAlice, atBob };
}

const stage = new LabStage('deniable');
const said = conversation(stage);

test('invariant: nothing a contact receives is signed by a lasting key of its writer', async () => {
  const { alice, bob, atAlice, atBob } = await said;
  const heard = [
    ...atBob.map((plaintext) => ({ plaintext, keys: secretsOf(stage, alice) })),
    ...atAlice.map((plaintext) => ({ plaintext, keys: secretsOf(stage, bob) })),
  ];
  // The first words of a meeting are no envelope, but one fixed form without any such string.
  const envelopes = heard.filter(({ plaintext }) => plaintext[0] !== 1);
  assert.equal(heard.length - envelopes.length, 1);
  const kinds = envelopes.flatMap(({ plaintext }) => [...mapIn(plaintext).keys()]);
  assert.deepEqual(
    [...new Set(kinds)].toSorted((a, b) => a - b),
    EVERY_KEY,
  );
  const types = envelopes.flatMap(({ plaintext }) => {
    const content = mapIn(plaintext).get(1);
    return content instanceof Map ? [content.get(1) as number] : [];
  });
  assert.deepEqual(
    [...new Set(types)].toSorted((a, b) => a - b),
    EVERY_TYPE,
  );
  const room = envelopes.flatMap(({ plaintext }) => roomy(plaintext));
  assert.deepEqual([...new Set(room)], KNOWN);
  for (const { plaintext, keys } of envelopes) assert.deepEqual(signersOf(plaintext, keys), []);
});

test('control: a signature by any lasting key, over content or envelope, is found', async () => {
  const { alice, atBob } = await said;
  const keys = secretsOf(stage, alice);
  const hello =
    atBob.find((plaintext) => Buffer.from(plaintext).includes('hello')) ?? assert.fail();
  const envelope = mapIn(hello);
  const content = encode(envelope.get(1), rfc8949EncodeOptions);
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
    const signed = encode(new Map([...envelope, [99, signature]]), rfc8949EncodeOptions);
    assert.deepEqual(signersOf(signed, keys), signers, what);
    assert.deepEqual(roomy(signed), [signature.length], what);
  }
});
