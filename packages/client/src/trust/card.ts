/** Field 12 of a content of type 5: one step of an introduction (docs/spec/15-trust.md, 6). */
import { malformed } from '@tacet/base';
import {
  bytesOf,
  decodeCanonical,
  encodeCanonical,
  mapOf,
  textOf,
  whole,
} from '../content/cbor.ts';
import { MAX_INTRODUCTION_NOTE, MAX_NAME_BYTES } from '../limits.ts';

/** The other person, as the introducer says. */
export interface Introduced {
  readonly keySetHash: Uint8Array;
  readonly name: string;
  readonly note: string;
}

/** The way to them: a one-time invitation of theirs. */
export interface Way {
  readonly secret: Uint8Array;
}

export type Card = { readonly token: Uint8Array } & (
  | ({ readonly kind: 'offer' } & Introduced)
  | ({ readonly kind: 'agree' } & Way)
  | { readonly kind: 'decline' | 'known' | 'taken' }
  | ({ readonly kind: 'pass' } & Introduced & Way)
  /** Of a later version. Never sent. */
  | { readonly kind: 'unknown' }
);

const KINDS = ['offer', 'agree', 'decline', 'known', 'taken', 'pass'] as const;
export const TOKEN_BYTES = 16;

export function encodeCard(card: Card): Uint8Array {
  if (card.kind === 'unknown') throw malformed('card');
  const map = new Map<number, unknown>([
    [1, 1 + KINDS.indexOf(card.kind)],
    [2, card.token],
  ]);
  if ('keySetHash' in card) map.set(3, card.keySetHash).set(4, card.name).set(5, card.note);
  if ('secret' in card) map.set(6, card.secret);
  return encodeCanonical(map);
}

/** Throws `malformed` for a known kind out of form. */
export function decodeCard(bytes: Uint8Array): Card {
  const map = mapOf(decodeCanonical(bytes));
  const kind = KINDS[whole(map.get(1)) - 1] ?? 'unknown';
  const token = bytesOf(map.get(2), TOKEN_BYTES);
  const introduced = (): Introduced => ({
    keySetHash: bytesOf(map.get(3), 32),
    name: textOf(map.get(4), 1, MAX_NAME_BYTES),
    note: textOf(map.get(5), 0, MAX_INTRODUCTION_NOTE),
  });
  const way = (): Way => ({ secret: bytesOf(map.get(6), 32) });
  switch (kind) {
    case 'offer':
      return { kind, token, ...introduced() };
    case 'agree':
      return { kind, token, ...way() };
    case 'pass':
      return { kind, token, ...introduced(), ...way() };
    case 'decline':
    case 'known':
    case 'taken':
    case 'unknown':
      return { kind, token };
  }
}
