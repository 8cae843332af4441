import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, equalBytes, HOUR, MINUTE, type Millis } from '@tacet/base';
import type { DocumentHash } from '@tacet/onion';
import { makeTestNetwork, seededRng } from '@tacet/testkit';
import { DocumentBook } from '../src/book.ts';
import { trimKeys } from '../src/descriptor.ts';
import { epochAt, epochStart } from '../src/epochs.ts';
import { relayHashOf } from '../src/identity.ts';
import { drawPath } from '../src/path.ts';
import { signDocument } from '../src/published.ts';
import type { Document, RelayHash, VerifiedDocument } from '../src/types.ts';
import { throwsCode } from './support/refusals.ts';

const parameters = { keysAhead: 2, validEpochs: 3 };
const network = makeTestNetwork({ seed: 'book', mixesPerLayer: 2, edges: 2, parameters });
const first = network.verified;
const e = first.document.epoch;
const start = (epoch: number): Millis => epochStart(network.parameters, epoch);

/** Documents of e, e+1, ..., each published on time. */
function chain(length: number, change: Partial<Document> = {}): VerifiedDocument[] {
  const documents = [first];
  for (let i = 1; i < length; i++) {
    documents.push(network.next(documents.at(-1) ?? first, e + i, change));
  }
  return documents;
}

const [, second, third, fourth] = chain(4);
assert.ok(second && third && fourth);

/** A relay understands packets of an epoch from start - grace to end + grace. */
const understood = (epoch: number, now: Millis): boolean =>
  now >= start(epoch) - network.parameters.graceMs &&
  now < start(epoch + 1) + network.parameters.graceMs;

test('an empty book gives nothing', () => {
  const book = new DocumentBook(network.trust);
  assert.equal(book.newest(), null);
  assert.equal(book.inForce(e), null);
  assert.equal(book.forBuilding(start(e))?.epoch, undefined);
  assert.deepEqual(book.evidence(), []);
  book.prune(start(e));
});

test("a network's first document is in force at once", () => {
  const book = new DocumentBook(network.trust);
  assert.equal(book.add(network.documentBytes), 'added');
  assert.equal(book.inForce(e)?.document.epoch, e);
  assert.equal(book.forBuilding(first.document.publishedAt)?.epoch, e);
  assert.equal(book.inForce(e - 1), null);
});

test('a document published in time is in force from its own epoch', () => {
  const book = network.book();
  assert.equal(book.accept(second), 'added');
  assert.equal(book.inForce(e)?.hash, first.hash);
  assert.equal(book.inForce(e + 1)?.hash, second.hash);
  assert.equal(book.newest()?.hash, second.hash);
});

test('the same document again is known, also with more signatures', () => {
  const many = makeTestNetwork({ seed: 'three', authorities: 3, parameters });
  const book = new DocumentBook(many.trust);
  assert.equal(book.add(signDocument(many.document, many.authorities.slice(0, 2))), 'added');
  assert.equal(book.add(many.documentBytes), 'known');
  assert.equal(book.add(many.documentBytes), 'known');
  assert.deepEqual(book.evidence(), []);
});

test('bytes that are not a document of this network change nothing', () => {
  const book = network.book();
  const foreign = makeTestNetwork({ seed: 'foreign', parameters });
  throwsCode(() => book.add(foreign.documentBytes), 'document-signatures');
  throwsCode(() => book.add(new Uint8Array(10)), 'document-malformed');
  assert.equal(book.newest()?.hash, first.hash);
});

test('authority down: the last document works until its validity ends, then nothing', () => {
  const book = network.book();
  for (const epoch of [e, e + 1, e + 2]) {
    assert.equal(book.forBuilding(start(epoch))?.verified.hash, first.hash);
  }
  const over = start(e + 3) + network.parameters.graceMs / 2;
  assert.equal(book.forBuilding(over - 1)?.epoch, e + 2);
  assert.equal(book.forBuilding(over)?.epoch, undefined);
  assert.equal(book.inForce(e + 3), null);
});

test('document on its way: packets are made for the last epoch while relays still take them', () => {
  const book = network.book();
  const half = start(e + 1) + network.parameters.graceMs / 2;
  assert.equal(book.forBuilding(start(e + 1) - MINUTE)?.epoch, e, 'the next one has not come');
  assert.equal(book.forBuilding(half - 1)?.epoch, e);
  assert.equal(book.forBuilding(half)?.epoch, e + 1, 'there may be none');
  book.accept(second);
  assert.equal(book.forBuilding(start(e + 1) - MINUTE - 1)?.epoch, e);
  for (const now of [start(e + 1) - MINUTE, half - 1, half]) {
    const building = book.forBuilding(now);
    assert.equal(building?.epoch, e + 1);
    assert.equal(building.verified.hash, second.hash);
  }
});

test('authority late: a document counts from the first epoch it was published 5 minutes before', () => {
  const cases: readonly [Millis, number][] = [
    [start(e + 1) - 5 * MINUTE, e + 1],
    [start(e + 1) - 5 * MINUTE + 1, e + 2],
    [start(e + 1) + 30 * MINUTE, e + 2],
    [start(e + 2) - 5 * MINUTE + 1, e + 3],
  ];
  for (const [publishedAt, from] of cases) {
    const book = network.book();
    const late = network.next(first, e + 1, { publishedAt });
    assert.equal(book.accept(late), 'added');
    for (const epoch of [e, e + 1, e + 2, e + 3]) {
      const expected = epoch >= from ? late : epoch < e + 3 ? first : null;
      assert.equal(book.inForce(epoch)?.hash, expected?.hash, `epoch ${epoch - e}`);
    }
  }
});

test('authority equivocating: the second document of an epoch is refused and kept as evidence', () => {
  const book = network.book();
  book.accept(second);
  const other = network.next(first, e + 1, { echo: Uint8Array.of(1) });
  assert.equal(book.add(other.bytes), 'equivocation');
  assert.equal(book.inForce(e + 1)?.hash, second.hash);
  assert.equal(book.add(other.bytes), 'equivocation');
  assert.deepEqual(
    book.evidence().map(({ held, refused }) => [held.hash, refused.hash]),
    [[second.hash, other.hash]],
  );
  assert.equal(book.add(third.bytes), 'added');
});

test('evidence is bounded', () => {
  const book = network.book();
  for (let i = 1; i <= 6; i++) {
    const other = network.next(first, e, {
      previous: new Uint8Array(32) as DocumentHash,
      immediate: true,
      echo: Uint8Array.of(i),
    });
    assert.equal(book.accept(other), 'equivocation');
  }
  assert.equal(book.evidence().length, 4);
});

test('a document whose predecessor is another than the one held is a fork', () => {
  const book = network.book();
  book.accept(second);
  const otherSecond = network.next(first, e + 1, { echo: Uint8Array.of(1) });
  const fork = network.next(otherSecond, e + 2);
  assert.equal(book.accept(fork), 'equivocation');
  assert.equal(book.newest()?.hash, second.hash);
  assert.equal(book.evidence().length, 1);
});

test('a document that its successors never saw is passed over, and contradicts nothing', () => {
  const book = network.book();
  book.accept(second);
  const skipping = network.next(first, e + 2);
  assert.equal(book.accept(skipping), 'added');
  assert.equal(book.inForce(e + 1)?.hash, second.hash);
  assert.equal(book.inForce(e + 2)?.hash, skipping.hash);
  assert.deepEqual(book.evidence(), []);
  assert.equal(book.accept(network.next(skipping, e + 3)), 'added');

  const other = network.book();
  other.accept(skipping);
  assert.equal(other.accept(second), 'older', 'and never comes back');
});

test('a second beginning of a known network is a fork, however late', () => {
  const book = network.book();
  const again = network.next(first, e + 9, {
    previous: new Uint8Array(32) as DocumentHash,
    immediate: true,
  });
  assert.equal(book.accept(again), 'equivocation');
});

test('who missed documents goes on with the newest', () => {
  const book = network.book();
  assert.equal(book.accept(fourth), 'added');
  assert.equal(book.inForce(e + 3)?.hash, fourth.hash);
});

test('rollback: an older document is refused, validly signed as it is', () => {
  const book = new DocumentBook(network.trust);
  book.accept(third);
  assert.equal(book.add(network.documentBytes), 'older');
  assert.equal(book.newest()?.hash, third.hash);
  assert.equal(book.inForce(e), null);
});

test('the predecessor of a held document is taken late, and the newest stays', () => {
  const book = new DocumentBook(network.trust);
  book.accept(third);
  assert.equal(book.predecessor(third), null);
  assert.equal(book.add(second.bytes), 'added');
  assert.equal(book.newest()?.hash, third.hash);
  assert.deepEqual(book.predecessor(third)?.hash, second.hash);
  const otherSecond = network.next(first, e + 1, { echo: Uint8Array.of(1) });
  assert.equal(book.accept(otherSecond), 'equivocation');
});

test('no document for V epochs: one marked immediate takes the network up again', () => {
  const now = start(e + 7) + 20 * MINUTE;
  const usual = network.book();
  usual.accept(network.next(first, e + 7, { publishedAt: now }));
  assert.equal(usual.forBuilding(now)?.epoch, undefined);
  assert.equal(usual.forBuilding(start(e + 8))?.epoch, e + 8);

  const book = network.book();
  const resumed = network.next(first, e + 7, { publishedAt: now, immediate: true });
  assert.equal(book.accept(resumed), 'added');
  assert.equal(book.forBuilding(now)?.verified.hash, resumed.hash);
  const newcomer = new DocumentBook(network.trust);
  newcomer.accept(resumed);
  assert.equal(newcomer.forBuilding(now)?.epoch, e + 7);
});

test('a document cannot call itself immediate while its predecessor is valid', () => {
  const book = network.book();
  const hasty = network.next(first, e + 2, { immediate: true });
  throwsCode(() => book.accept(hasty), 'document-chain');
  const atEnd = network.next(first, e + 3, { immediate: true });
  assert.equal(book.accept(atEnd), 'added');
});

test('epoch length never changes, publication never goes back', () => {
  const book = network.book();
  const slower = network.next(first, e + 1, {
    parameters: { ...network.parameters, epochMs: 2 * HOUR },
    generations: [{ ...first.document.generations[0], firstDay: 0 }] as never,
  });
  throwsCode(() => book.accept(slower), 'document-chain');
  const backdated = network.next(first, e + 1, { publishedAt: first.document.publishedAt - 1 });
  throwsCode(() => book.accept(backdated), 'document-chain');
  assert.equal(book.newest()?.hash, first.hash);
});

test('rotation with packets in flight: the documents of e-1, e and e+1 stay', () => {
  const documents = chain(6);
  const book = new DocumentBook(network.trust);
  for (const document of documents) {
    assert.equal(book.accept(document), 'added');
    const { epoch } = document.document;
    book.prune(start(epoch) - 4 * MINUTE);
    if (epoch > e + 1) {
      for (const near of [epoch - 2, epoch - 1, epoch]) {
        assert.equal(book.inForce(near)?.document.epoch, near);
      }
      assert.ok(book.documents().length <= 3);
    }
  }
});

test('a book that is never pruned holds six documents', () => {
  const book = new DocumentBook(network.trust);
  for (const document of chain(9)) book.accept(document);
  assert.equal(book.documents().length, 6);
  assert.equal(book.newest()?.document.epoch, e + 8);
});

test('a relay joins and leaves: indices are those of the epoch of the packet', () => {
  const leaving = network.mixes.find((mix) => mix.layer === 1);
  assert.ok(leaving);
  const gone = network.relays.indexOf(leaving);
  const relays = network
    .next(first, e + 1)
    .document.relays.filter((_, index) => first.relayHashes[index] !== first.relayHashes[gone]);
  const without = network.next(first, e + 1, { relays });
  const back = network.next(without, e + 2);
  const book = network.book();
  book.accept(without);
  book.accept(back);
  const rng = seededRng('join');
  for (const epoch of [e, e + 1, e + 2]) {
    const verified = book.inForce(epoch);
    assert.ok(verified);
    const last = verified.document.generations[0]?.edges[0] as RelayHash;
    for (let i = 0; i < 20; i++) {
      for (const hop of drawPath(rng, verified, epoch, { last }).hops) {
        const relay = network.relayOf(verified.relayHashes[hop.index] as RelayHash);
        assert.deepEqual(hop.key, relay.kem(epoch).publicKey);
        assert.ok(epoch !== e + 1 || relay.hash !== leaving.hash);
      }
    }
  }
  assert.equal(first.relayHashes.length - 1, without.relayHashes.length);
});

test('layer reduced to one: packets are built as before, all through the one that is left', () => {
  const layer2 = network.mixes.filter((mix) => mix.layer === 2);
  const [left, ...gone] = layer2;
  assert.ok(left && gone.length === 1);
  const next = network.next(first, e + 1);
  const relays = next.document.relays.filter(
    (relay) => !gone.some((mix) => equalBytes(mix.hash, relayHashOf(relay.identity))),
  );
  const book = network.book();
  book.accept(network.next(first, e + 1, { relays }));
  const building = book.forBuilding(start(e + 1));
  assert.equal(building?.epoch, e + 1);
  const { verified, epoch } = building;
  const rng = seededRng('reduced');
  const last = network.edges[0]?.hash as RelayHash;
  for (let i = 0; i < 20; i++) {
    const [, second2] = drawPath(rng, verified, epoch, { last }).hops;
    assert.deepEqual(verified.relayHashes[second2.index], left.hash);
  }
});

test('empty layer: no packet is built for an epoch in which a layer has no key', () => {
  const relays = network
    .next(first, e + 1)
    .document.relays.map((relay) =>
      relay.layer === 2 ? (trimKeys(relay, e + 1, e + 2) ?? relay) : relay,
    );
  const book = network.book();
  book.accept(network.next(first, e + 1, { relays }));
  assert.equal(book.forBuilding(start(e + 1))?.epoch, e + 1);
  assert.equal(book.forBuilding(start(e + 2) + network.parameters.graceMs)?.epoch, undefined);
});

test('daemon clock off by five minutes: relays understand all but one minute of an epoch', () => {
  const book = network.book();
  book.accept(second);
  for (const skew of [-5 * MINUTE, -4 * MINUTE, 4 * MINUTE, 5 * MINUTE]) {
    let lost = 0;
    for (let now = start(e) + 10 * MINUTE; now < start(e + 1) + 10 * MINUTE; now += 10_000) {
      const epoch = book.forBuilding(now + skew)?.epoch;
      assert.ok(epoch !== undefined);
      if (!understood(epoch, now)) lost += 10_000;
    }
    assert.ok(lost <= (skew === 5 * MINUTE ? MINUTE : 0), `skew ${skew}: lost ${lost} ms`);
  }
});

test('daemon clock off by one epoch: what it builds no relay understands', () => {
  const book = network.book();
  book.accept(second);
  const now = start(e + 1) + 30 * MINUTE;
  for (const skew of [-HOUR, HOUR]) {
    const built = book.forBuilding(now + skew);
    assert.ok(built !== null && !understood(built.epoch, now));
  }
});

test('daemon clock off by one day: nothing is built', () => {
  const book = network.book();
  book.accept(second);
  const now = start(e + 1) + 30 * MINUTE;
  assert.equal(book.forBuilding(now + DAY)?.epoch, undefined);
  assert.equal(book.forBuilding(now - DAY)?.epoch, undefined);
  assert.equal(epochAt(network.parameters, now), e + 1);
});
