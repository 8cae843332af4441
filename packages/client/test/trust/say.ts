/** People who say over their sessions what no honest program says. */
import assert from 'node:assert/strict';
import { concat, type Rng, randomBytes } from '@tacet/base';
import { hybridKeyPair } from '@tacet/crypto';
import type { ModelPerson } from '@tacet/testkit/model';
import { type Envelope, encodeEnvelope } from '../../src/content/envelope.ts';
import { keySetHash } from '../../src/meeting/boxes.ts';
import { type Card, encodeCard } from '../../src/trust/card.ts';
import { type KeyChange, keyChangeParts } from '../../src/trust/key-change.ts';

/** Numbered, in the stream to this contact, as a daemon would say it; and a text behind it. */
export function say(person: ModelPerson, contact: string, envelope: Envelope): void {
  person.act((client, now) => {
    person.store.run(
      "INSERT INTO notices (contact_id, kind, body) VALUES (?, 'said', ?)",
      Number(client.contact(contact).id),
      encodeEnvelope(envelope),
    );
    client.sendText({ contactId: contact, text: 'hm', clientId: null }, now);
  });
}

/** A step of an introduction. */
export function sayCard(
  person: ModelPerson,
  contact: string,
  card: Card,
  { rng, now }: { readonly rng: Rng; readonly now: number },
): void {
  const contentId = randomBytes(rng, 16);
  const content = {
    type: 'card',
    contentId,
    sentAt: now,
    shown: 'x',
    card: encodeCard(card),
  } as const;
  say(person, contact, { content });
}

/** A value of the profile's settings: its seeds and keys. */
export function setting(person: ModelPerson, name: string): Uint8Array {
  const value = person.store.get('SELECT value FROM settings WHERE name = ?', name)?.['value'];
  return value instanceof Uint8Array ? value : assert.fail(name);
}

export interface NewKeys {
  readonly identityKey: Uint8Array;
  readonly ed25519: Uint8Array;
  readonly mldsa65: Uint8Array;
}

/** Of whoever has this seed for signatures; nobody has the session key. */
export function newKeys(rng: Rng, seed = randomBytes(rng, 64)): NewKeys {
  const identityKey = concat(Uint8Array.of(5), randomBytes(rng, 32));
  return { identityKey, ...hybridKeyPair(seed).publicKey };
}

/** What the holder of `seed` says of the step from one key set to the next. */
export function statement(
  seed: Uint8Array,
  before: Uint8Array,
  keys: NewKeys,
  number: number,
): KeyChange {
  const after = keySetHash(keys.identityKey, keys.ed25519, keys.mldsa65);
  const signed = hybridKeyPair(seed).sign('key-change', ...keyChangeParts(before, after, number));
  return { number, ...keys, edSignature: signed.ed25519, mlSignature: signed.mldsa65 };
}
