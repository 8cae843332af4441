/** Texts that somebody hands over: network cards and invitations. */
import { base64url, fromUtf8, pick, randomBytes, randomInt } from '@tacet/base';
import { encodeLink } from '@tacet/client/received';
import { CARD_PREFIX, decodeCard, encodeCanonical, networkIdOf } from '@tacet/directory';
import { makeTestNetwork } from '@tacet/testkit';
import { bent } from '../bent.ts';
import { flip, resized, typo } from '../mutate.ts';
import type { Card, ClientRole } from './client.ts';

export function textCards(role: ClientRole): Card[] {
  const { rng, network, client } = role;
  const other = makeTestNetwork({ seed: 'fuzz other' });
  const own = networkIdOf(network.trust);
  const secret = (): Uint8Array => randomBytes(rng, 32);

  const { networkName: n, authorities: a, threshold: t, edges, joinSecret: s } = network.card;
  const fields = { n, a, t, e: edges.map(({ address, relay }) => [address, relay]), s };
  const wrong = (): string => CARD_PREFIX + base64url(encodeCanonical(bent(rng, fields)));
  const rubbish = (): string => {
    const bytes = resized(rng, randomBytes(rng, randomInt(rng, 400)));
    return randomInt(rng, 2) === 0 ? base64url(bytes) : text(bytes);
  };
  function text(bytes: Uint8Array): string {
    for (const [i, byte] of bytes.entries()) bytes[i] = byte & 0x7f;
    return fromUtf8(bytes);
  }
  const card = (kind: string, make: () => string): Card[1] => {
    return () => {
      const words = make();
      return role.input(`card, ${kind}`, true, () =>
        role.refused('card-malformed', () => {
          decodeCard(words);
        }),
      );
    };
  };
  const join = (kind: string, make: () => string, silent: boolean): Card[1] => {
    return () => {
      const words = make();
      return role.input(`join, ${kind}`, silent, () =>
        role.refused(null, () => client.joinNetwork(words, role.now)),
      );
    };
  };
  const link = (kind: string, make: () => string): Card[1] => {
    return () => {
      const words = make();
      return role.input(`invitation, ${kind}`, true, () =>
        role.refused(null, () => client.acceptInvitation({ link: words }, role.now)),
      );
    };
  };
  /** Never one that is good: each would become a contact. */
  const spoiled = (): string => {
    const words = typo(
      rng,
      encodeLink(secret(), own, randomInt(rng, 2) === 0 ? network.cardText : null),
    );
    return words.replace(/^([^#]*)#(.{43})\.(.{11})$/, '$1#$2.');
  };
  /** A good link with something around it, or with another beginning. */
  const framed = (): string => {
    const words = encodeLink(secret(), own, null);
    const more = pick(rng, ['x', '#', 'https://example.org/?', '"', `${rubbish()}#`]);
    switch (randomInt(rng, 3)) {
      case 0:
        return more + words;
      case 1:
        return words + more;
      default:
        return words.replace('tacet://invite/1', pick(rng, ['', 'tacet://invite/2', more]));
    }
  };
  const foreign = flip(rng, own.slice(), 0, 8) as typeof own;

  return [
    [15, card('a typing error', () => typo(rng, network.cardText))],
    [10, card('a field bent', wrong)],
    [5, card('rubbish', rubbish), 10],
    [5, card('rubbish behind the prefix', () => CARD_PREFIX + rubbish()), 10],
    [1, join('of another network', () => other.cardText, true)],
    [2, join('rubbish', () => CARD_PREFIX + rubbish(), true)],
    [8, link('a typing error', spoiled)],
    [4, link('in another frame', framed)],
    [4, link('rubbish', rubbish), 10],
    [3, link('of another network', () => encodeLink(secret(), foreign, null))],
    [2, link('with a card of another network', () => encodeLink(secret(), own, other.cardText))],
    [2, link('with a bad card', () => encodeLink(secret(), own, wrong()))],
  ];
}
