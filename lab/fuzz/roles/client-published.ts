/** Documents and digests as an edge broadcasts them: whole items in well-formed pages. */
import assert from 'node:assert/strict';
import { compareBytes, pick, randomBytes, randomInt } from '@tacet/base';
import { type HybridKeyPair, hash } from '@tacet/crypto';
import {
  type Document,
  decodeCanonical,
  decodePublished,
  encodeCanonical,
  encodeDocument,
  encodePublished,
  signHash,
} from '@tacet/directory';
import type { DocumentHash } from '@tacet/onion';
import type { TestRelay } from '@tacet/testkit';
import { type Digest, type Mark, packBroadcast, signDigest } from '@tacet/wire';
import { bent } from '../bent.ts';
import { moved } from '../moved.ts';
import { damaged, flip } from '../mutate.ts';
import { otherNetwork } from '../other-network.ts';
import { stockOf } from '../stock.ts';
import type { Card, ClientRole } from './client.ts';

const DAY_OF_NUMBERS = 86_400;

export function publishedCards(role: ClientRole): Card[] {
  const { rng, network } = role;
  const { document } = network;
  const [one, two, three] = network.authorities;
  const other = otherNetwork();
  const [stranger] = other.authorities;
  assert.ok(one && two && three && stranger);
  const { body } = decodePublished(network.documentBytes);
  const later = network.next(network.verified, document.epoch + 1).document;
  const stock = (n: number, make: () => Uint8Array) => stockOf(role, n, make);
  const signed = (bytes: Uint8Array, by: readonly HybridKeyPair[] = [one, two]): Uint8Array =>
    encodePublished(
      bytes,
      by.map((pair) => signHash(pair, hash('document', bytes) as DocumentHash)),
    );
  const changed = (base: Document, change: Partial<Document>): Uint8Array =>
    signed(encodeDocument({ ...base, ...change }));
  const any = (): Partial<Document> => ({ echo: randomBytes(rng, 8) });
  const foreign = (): Partial<Document> => ({
    networkId: randomBytes(rng, 32) as Document['networkId'],
  });
  const twisted = stock(20, () =>
    signed(encodeCanonical(bent(rng, decodeCanonical(body, 'body', body.length)))),
  );
  const resigned = stock(12, () =>
    signed(
      body,
      pick(rng, [
        [one, two],
        [two, three],
        [one, three],
      ]),
    ),
  );
  const few = stock(12, () => signed(body, [pick(rng, [one, two, three])]));
  const strange = stock(12, () => signed(body, [one, stranger]));
  const elsewhere = stock(12, () => changed(document, foreign()));
  const unchained = stock(12, () =>
    changed(later, {
      ...any(),
      ...pick(rng, [
        { publishedAt: document.publishedAt - 1 - randomInt(rng, 1_000) },
        { immediate: true },
      ]),
    }),
  );
  const old = stock(12, () =>
    changed(moved(document, document.epoch - 2 - randomInt(rng, 1_000)), any()),
  );
  const twins = stock(12, () => changed(document, any()));

  const item = (of: 'document' | 'digest', kind: string, make: () => Uint8Array): Card[1] => {
    return () => {
      const bytes = make();
      const pages = bytes.length === 0 ? [] : packBroadcast([{ kind: of, bytes }]);
      return role.input(`${of}, ${kind}`, true, () => {
        for (const page of pages) role.page(page);
      });
    };
  };

  const { digestMs } = network.parameters;
  const number = (): number => Math.floor(role.now / digestMs);
  const marks = Array.from({ length: 64 }, () => randomBytes(rng, 8) as Mark).sort(compareBytes);
  // The first edge lies about time, the others do not: a client that hears liars only stands still.
  const [liar, ...honest] = network.edges;
  assert.ok(liar);
  function digest(edge: TestRelay, change: Partial<Digest> = {}, by = edge.identity): Uint8Array {
    const previous = randomBytes(rng, 32);
    const at = number();
    const whole: Digest = { edge: edge.hash, number: at, previous, seen: [], marks, ...change };
    return signDigest(by, whole, document.networkId).bytes;
  }
  const good = stock(20, () => digest(liar));
  const strangers = stock(10, () => digest(liar, {}, stranger));
  const elsewhen = stock(100, () => {
    const far = DAY_OF_NUMBERS + randomInt(rng, DAY_OF_NUMBERS);
    return digest(liar, { number: number() + (randomInt(rng, 2) === 0 ? far : -far) });
  });
  const damage = (): Uint8Array => {
    const bytes = good().slice();
    return randomInt(rng, 3) === 0 ? damaged(rng, bytes) : flip(rng, bytes);
  };

  return [
    [2, item('document', 'damaged', () => damaged(rng, network.documentBytes))],
    [1, item('document', 'a field bent', twisted)],
    [1, item('document', 'signed anew', resigned)],
    [1, item('document', 'one signature missing', few)],
    [1, item('document', 'by a stranger too', strange)],
    [1, item('document', 'of another network', elsewhere)],
    [1, item('document', 'of strangers', () => other.documentBytes)],
    [1, item('document', 'not a successor', unchained)],
    [1, item('document', 'older', old)],
    [1, item('document', 'a second one', twins)],
    [20, item('digest', 'damaged', damage)],
    [3, item('digest', 'of a stranger', strangers)],
    [6, item('digest', 'of another day', elsewhen)],
    [1, item('digest', 'good', () => digest(pick(rng, honest)))],
  ];
}
