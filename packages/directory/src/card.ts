/**
 * The network card (docs/spec/06-directory.md, 10): all a newcomer needs to enter a network, as
 * one line of text for a file, a QR code or a link. Nothing signs it: it is the root of trust,
 * and whoever hands it over decides which network one joins.
 */
import { AppError, base64url, compareBytes, fromBase64url, malformed } from '@tacet/base';
import * as v from 'valibot';
import { decodeCanonical, encodeCanonical } from './cbor.ts';
import { smallestThreshold } from './identity.ts';
import { MAX_AUTHORITIES, MAX_CARD_CHARS, MAX_CARD_EDGES } from './limits.ts';
import { isAscending } from './order.ts';
import { address, branded, bytes, name, parse, uint } from './schema.ts';
import type { AuthorityHash, NetworkCard, RelayHash } from './types.ts';

export const CARD_PREFIX = 'tacet:network/1/';

/** Keys of one letter: the whole card has 600 characters. */
const cardSchema = v.pipe(
  v.strictObject({
    n: name,
    a: v.pipe(v.array(branded<AuthorityHash>(32)), v.minLength(1), v.maxLength(MAX_AUTHORITIES)),
    t: uint(1, MAX_AUTHORITIES),
    e: v.pipe(
      v.array(v.strictTuple([address, branded<RelayHash>(32)])),
      v.minLength(1),
      v.maxLength(MAX_CARD_EDGES),
    ),
    s: v.union([bytes(0), bytes(16)]),
  }),
  v.check((c) => isAscending(c.a)),
  v.check((c) => c.t >= smallestThreshold(c.a.length) && c.t <= c.a.length),
  v.check((c) => isAscending(c.e.map(([, relay]) => relay))),
  v.transform(
    (c): NetworkCard => ({
      networkName: c.n,
      authorities: c.a,
      threshold: c.t,
      edges: c.e.map(([where, relay]) => ({ address: where, relay })),
      joinSecret: c.s,
    }),
  ),
);

/** Throws `card-too-long`, or `malformed` for values a card cannot hold. */
export function encodeCard(card: NetworkCard): string {
  const edges = card.edges.toSorted((a, b) => compareBytes(a.relay, b.relay));
  const bytes = encodeCanonical({
    n: card.networkName,
    a: card.authorities.toSorted(compareBytes),
    t: card.threshold,
    e: edges.map((edge) => [edge.address, edge.relay]),
    s: card.joinSecret,
  });
  const text = CARD_PREFIX + base64url(bytes);
  if (text.length > MAX_CARD_CHARS) {
    throw new AppError('card-too-long', 'usage', 'a card has 600 characters: name fewer edges');
  }
  decodeCard(text);
  return text;
}

/** Surrounding white space is taken off; anything else out of form throws `malformed`. */
export function decodeCard(text: string): NetworkCard {
  const trimmed = text.trim();
  if (trimmed.length > MAX_CARD_CHARS || !trimmed.startsWith(CARD_PREFIX)) {
    throw malformed('network card');
  }
  const bytes = fromBase64url(trimmed.slice(CARD_PREFIX.length));
  const value = decodeCanonical(bytes, 'network card', MAX_CARD_CHARS);
  return parse(cardSchema, value, 'network card');
}
