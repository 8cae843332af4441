/** Cards of introductions keep the rules of every decoder (CONTRIBUTING.md, "Decoding"). */
import { test } from 'node:test';
import { checkDecoder, seededRng } from '@tacet/testkit';
import { type Card, decodeCard, encodeCard } from '../../src/trust/card.ts';

const rng = seededRng('cards');
const random = (length: number): Uint8Array => rng.fill(new Uint8Array(length));
const token = random(16);
const who = { keySetHash: random(32), name: 'Carol', note: 'both sail' };

const CARDS: readonly Card[] = [
  { kind: 'offer', token, ...who },
  { kind: 'agree', token, secret: random(32) },
  { kind: 'decline', token },
  { kind: 'known', token },
  { kind: 'taken', token },
  { kind: 'pass', token, ...who, secret: random(32) },
];

for (const card of CARDS) {
  test(`cards: the rules of every decoder, ${card.kind}`, () => {
    checkDecoder({
      // With another kind it is a card whose other fields are not read, and never written so.
      decode: (bytes) => {
        const read = decodeCard(bytes);
        return read.kind === card.kind ? read : null;
      },
      encode: encodeCard,
      valid: encodeCard(card),
      rng,
      kinds: ['input'],
    });
  });
}
