/** People who say everything that can be said to each other, and what each of them decrypted. */
import assert from 'node:assert/strict';
import { AppError, concat, u32 } from '@tacet/base';
import type { MessageView } from '@tacet/client';
import { hash, hybridKeyPair } from '@tacet/crypto';
import type { LabStage } from '../src/scenarios/lab-stage.ts';
import type { Actor } from '../src/scenarios/stage.ts';
import { delivered, meet } from '../src/scenarios/steps.ts';
import { bytesOf, fileOf, sendFile } from './file-steps.ts';
import type { LastingKeys } from './signatures.ts';

/** Of a person, what outlives a session; the store of a person in the lab holds it. */
export interface Secrets extends LastingKeys {
  readonly seed: Uint8Array;
  readonly identity: Uint8Array;
  readonly keySetHash: Uint8Array;
}

export interface Heard {
  readonly plaintext: Uint8Array;
  /** Who wrote it. */
  readonly writer: Actor;
}

export function secretsOf(stage: LabStage, actor: Actor): Secrets {
  const store = stage.personOf(actor)['store'];
  const one = (sql: string): Uint8Array =>
    (store.get(sql)?.['value'] ?? assert.fail(sql)) as Uint8Array;
  const setting = (name: string) => one(`SELECT value FROM settings WHERE name = '${name}'`);
  const seed = setting('signing-seed');
  return {
    seed,
    ...hybridKeyPair(seed).publicKey,
    identity: one("SELECT value FROM session_records WHERE name = 'identity'"),
    identityKey: setting('identity-key'),
    keySetHash: setting('key-set-hash'),
  };
}

class Ear {
  /** The next ciphertext cannot be read. */
  deaf = false;
  readonly heard: { readonly plaintext: Uint8Array; readonly peer: string }[] = [];

  constructor(stage: LabStage, actor: Actor) {
    const { session } = stage.personOf(actor);
    const decrypt = session.decrypt.bind(session);
    session.decrypt = async (records, peer, ciphertext) => {
      if (this.deaf) {
        this.deaf = false;
        throw new AppError('session-undecryptable', 'state', 'not this time');
      }
      const opened = await decrypt(records, peer, ciphertext);
      this.heard.push({ plaintext: opened.plaintext, peer });
      return opened;
    };
  }
}

export interface Said {
  readonly alice: Actor;
  readonly bob: Actor;
  readonly carol: Actor;
  readonly heard: readonly Heard[];
  /** The key set that Alice goes over to, as she told both. */
  readonly nextKeySet: Uint8Array;
}

export async function everythingSaid(stage: LabStage): Promise<Said> {
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const carol = await stage.person('carol');
  const ears = new Map([alice, bob, carol].map((one) => [one, new Ear(stage, one)]));
  await meet(stage, alice, bob);
  await meet(stage, alice, carol);
  await texts(stage, alice, bob, ears.get(bob) ?? assert.fail());
  await acts(stage, alice, bob);
  await file(stage, alice, bob);
  await introduction(stage, alice, [bob, carol]);
  await code(stage, alice, bob);
  const nextKeySet = await newKeys(stage, alice, [bob, carol]);
  const heard = [...ears].flatMap(([reader, ear]) =>
    ear.heard.map(({ plaintext, peer }) => {
      // The ratchet's name of a contact ends with its id.
      const name = nameOf(stage, reader, peer.split('-')[1] ?? '');
      const writer =
        [alice, bob, carol].find((one) => one.name === name.toLowerCase()) ?? assert.fail(name);
      return { plaintext, writer };
    }),
  );
  return { alice, bob, carol, heard, nextKeySet };
}

function nameOf(stage: LabStage, reader: Actor, contactId: string): string {
  return stage.personOf(reader).client.contact(contactId).name;
}

/** Texts, with one that cannot be read at first, and enough boxes that a stream heals. */
async function texts(stage: LabStage, alice: Actor, bob: Actor, ear: Ear): Promise<void> {
  ear.deaf = true;
  await delivered(stage, alice, [(await alice.send('bob', 'hello')).id]);
  // As after a copy of the store was noticed: numbers that never come, boxes passed over.
  const { outbox, store } = stage.personOf(alice).client['e'];
  // And thirty days after they met.
  store.transaction(() => {
    outbox.renumbering.all();
    store.run('UPDATE own_roots SET own_at = 0');
  });
  outbox.streams.roots.replace(stage.world.now);
  for (const text of [...Array.from({ length: 4 }, () => 'x'.repeat(16_384)), 'bye']) {
    await delivered(stage, alice, [(await alice.send('bob', text)).id]);
  }
  const answer = await bob.send('alice', 'well?');
  await delivered(stage, bob, [answer.id]);
}

async function acts(stage: LabStage, alice: Actor, bob: Actor): Promise<void> {
  const { world } = stage;
  const now = world.now;
  const { client } = stage.personOf(alice);
  const line = await alice.send('bob', 'of which more');
  client.talk.send({ contactId: 'bob', text: 'so?', clientId: null, replyTo: line.id }, now);
  client.talk.react({ id: line.id, emoji: 'ha', clientId: null }, now);
  client.talk.edit({ id: line.id, text: 'of which less', clientId: null }, now);
  client.talk.delete({ id: line.id, forEveryone: true, clientId: null }, now);
  client.talk.setTimer({ contactId: 'bob', seconds: 3_600, clientId: null }, now);
  client.talk.rename({ name: 'Alice', tell: ['bob'] }, now);
  const { client: reader } = stage.personOf(bob);
  reader.conversations.settings('alice', { readReceipts: true }, now);
  reader.markRead('alice', now);
  const isRead = ({ state }: MessageView) => state === 'read';
  await stage.until('all that is told', async () => {
    for (const one of [alice, bob]) world.pumpPerson(stage.personOf(one));
    return (await alice.status()).outbox === 0 && (await alice.messages('bob')).some(isRead);
  });
}

/** A file comes, and its reader says so. */
async function file(stage: LabStage, alice: Actor, bob: Actor): Promise<void> {
  await sendFile(stage, alice, 'bob', bytesOf('said', 1_000), { text: 'as promised' });
  await stage.until(
    'known to be there',
    async () => (await fileOf(alice, 'bob'))?.state === 'here',
  );
}

async function introduction(stage: LabStage, alice: Actor, both: [Actor, Actor]): Promise<void> {
  const [first, second] = both;
  const machine = (one: Actor) => stage.personOf(one).client;
  const state = (one: Actor) => machine(one).introductions.list()[0]?.state ?? 'none';
  const comes = (one: Actor, word: string) =>
    stage.until(`${word} at ${one.name}`, async () => state(one) === word);
  const decide = (one: Actor) => {
    const { id } = machine(one).introductions.list()[0] ?? assert.fail();
    machine(one).introductions.decide(id, true, stage.world.now);
    stage.world.pumpPerson(stage.personOf(one));
  };
  machine(alice).introductions.introduce(first.name, second.name, 'a friend', stage.world.now);
  stage.world.pumpPerson(stage.personOf(alice));
  await comes(first, 'offered');
  decide(first);
  await comes(second, 'offered');
  decide(second);
  await comes(alice, 'taken');
}

async function code(stage: LabStage, alice: Actor, bob: Actor): Promise<void> {
  const comparing = async (one: Actor, other: Actor) =>
    stage.personOf(one).client.codes.get(other.name, stage.world.now).state === 'compare';
  stage.personOf(alice).client.codes.start('bob', stage.world.now);
  stage.world.pumpPerson(stage.personOf(alice));
  await stage.until(
    'both see a code',
    async () => (await comparing(alice, bob)) && (await comparing(bob, alice)),
  );
}

/** Alice's keys change, and she says so, signed by the old ones, to everybody. */
async function newKeys(stage: LabStage, alice: Actor, all: readonly Actor[]): Promise<Uint8Array> {
  const { seed, keySetHash } = secretsOf(stage, alice);
  const next = hybridKeyPair(new Uint8Array(64).fill(7)).publicKey;
  const identityKey = concat(Uint8Array.of(5), new Uint8Array(32).fill(9));
  const hashed = hash('key-set', identityKey, next.ed25519, next.mldsa65);
  const signed = hybridKeyPair(seed).sign('key-change', keySetHash, hashed, u32(1));
  const signatures = { edSignature: signed.ed25519, mlSignature: signed.mldsa65 };
  const keyChange = { number: 1, identityKey, ...next, ...signatures };
  const { outbox, store } = stage.personOf(alice).client['e'];
  for (const { name } of all) {
    const id = Number(stage.personOf(alice).client.contact(name).id);
    store.transaction(() => outbox.say(id, { keyChange }));
    await delivered(stage, alice, [(await alice.send(name, 'new keys')).id]);
  }
  for (const one of all) {
    const { trustWarning } = stage.personOf(one).client.contact('alice');
    assert.equal(trustWarning, 'key-changed', one.name);
  }
  return hashed;
}
