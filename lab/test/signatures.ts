/** Looks through what a contact received for anything that a lasting key of its writer signed. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { PublicKey } from '@signalapp/libsignal-client';
import { concat, utf8 } from '@tacet/base';
import { edVerify, LABELS } from '@tacet/crypto';
import { decode, encode, rfc8949EncodeOptions } from 'cborg';

/** Public halves of everything of a person that outlives a session. */
export interface LastingKeys {
  /** 33 bytes, as libsignal has it. */
  readonly identityKey: Uint8Array;
  readonly ed25519: Uint8Array;
  readonly mldsa65: Uint8Array;
}

const ED = 64;
const MLDSA = 3_309;

/** Byte strings, at any depth, and every item as it is encoded. */
function itemsOf(value: unknown): { readonly strings: Uint8Array[]; readonly items: Uint8Array[] } {
  const [strings, items] = [[] as Uint8Array[], [] as Uint8Array[]];
  const walk = (one: unknown): void => {
    items.push(encode(one, rfc8949EncodeOptions));
    if (one instanceof Uint8Array) strings.push(one);
    if (typeof one === 'string') items.push(utf8(one));
    if (one instanceof Map) for (const [, inner] of one) walk(inner);
    if (Array.isArray(one)) for (const inner of one) walk(inner);
  };
  walk(value);
  return { strings, items: [...items, ...strings] };
}

function envelopeOf(plaintext: Uint8Array): unknown {
  return decode(plaintext, { useMaps: true });
}

/** Lengths of byte strings in which a signature would have room. */
export function roomy(plaintext: Uint8Array): number[] {
  return itemsOf(envelopeOf(plaintext))
    .strings.map(({ length }) => length)
    .filter((length) => length >= ED);
}

/**
 * Which lasting keys signed something that stands in this plaintext: its items, as they are or
 * encoded, and all of it up to the signature, under any label of ours or none.
 */
export function signersOf(plaintext: Uint8Array, keys: LastingKeys): string[] {
  const { strings, items } = itemsOf(envelopeOf(plaintext));
  const mldsa = createPublicKey({
    ...{ key: keys.mldsa65, format: 'raw-public', asymmetricKeyType: 'ml-dsa-65' },
  });
  const identity = PublicKey.deserialize(Uint8Array.from(keys.identityKey));
  const found = new Set<string>();
  for (const string of strings.filter(({ length }) => length >= ED)) {
    const before = plaintext.slice(0, Buffer.from(plaintext).indexOf(string));
    const messages = [...items, before];
    const verifiers = { ...keys, mldsa, identity };
    const plain = new Set(messages.flatMap((item) => [...signs(string, item, verifiers)]));
    // libsignal knows of no labels of ours. What is found already need not be looked for.
    const others = { ...verifiers, identity: null };
    const labels = plain.size > 0 ? [] : messages.flatMap(labelled);
    const marked = labels.flatMap((message) => [...signs(string, message, others)]);
    for (const name of [...plain, ...marked]) found.add(name);
  }
  return [...found].sort();
}

function labelled(item: Uint8Array): Uint8Array[] {
  return Object.values(LABELS).map((label) =>
    concat(Uint8Array.of(label.length), utf8(label), item),
  );
}

interface Verifiers {
  readonly ed25519: Uint8Array;
  readonly mldsa: KeyObject;
  readonly identity: PublicKey | null;
}

/** At either end of the string. */
function* signs(string: Uint8Array, message: Uint8Array, keys: Verifiers): Generator<string> {
  const ends = (length: number): Uint8Array[] =>
    string.length === length ? [string] : [string.slice(0, length), string.slice(-length)];
  for (const signature of ends(ED)) {
    if (edVerify(keys.ed25519, signature, message)) yield 'Ed25519';
    if (keys.identity?.verify(Uint8Array.from(message), Uint8Array.from(signature)))
      yield 'identity';
  }
  if (string.length < MLDSA) return;
  for (const signature of ends(MLDSA)) {
    if (verify(null, message, keys.mldsa, signature)) yield 'ML-DSA-65';
  }
}
