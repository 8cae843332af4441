/** The book against a naive second reading of its rules, over random orders of delivery. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equalBytes, isAppError, isZero } from '@tacet/base';
import { makeTestNetwork, seededRng, type TestNetwork } from '@tacet/testkit';
import fc from 'fast-check';
import { DocumentBook } from '../src/book.ts';
import type { VerifiedDocument } from '../src/types.ts';
import { RUNS } from './support/refusals.ts';

const network = makeTestNetwork({
  seed: 'properties',
  parameters: { keysAhead: 2, validEpochs: 3 },
});
const first = network.verified;
const e = first.document.epoch;
const pool = makePool(network);

/** Two branches that part after the second document, with late and missing documents. */
function makePool(from: TestNetwork): VerifiedDocument[] {
  const rng = seededRng('pool');
  const grow = (root: VerifiedDocument, count: number, mark: number): VerifiedDocument[] => {
    const branch = [root];
    for (let i = 0; i < count; i++) {
      const before = branch.at(-1) ?? root;
      const epoch = before.document.epoch + (i === 3 ? 2 : 1);
      const due = epoch * from.parameters.epochMs - 300_000;
      const late = (rng.fill(new Uint8Array(1))[0] ?? 0) < 80 ? 1_000_000 : 0;
      branch.push(
        from.next(before, epoch, {
          publishedAt: Math.max(due + late, before.document.publishedAt),
          echo: Uint8Array.of(mark),
        }),
      );
    }
    return branch.slice(1);
  };
  const trunk = grow(first, 1, 0);
  const root = trunk[0] ?? first;
  return [first, ...trunk, ...grow(root, 6, 1), ...grow(root, 4, 2)];
}

const orders = fc.array(fc.nat(pool.length - 1), { minLength: 1, maxLength: 25 });

/** Spec 06 section 8, read again: newest by epoch among those that qualify. */
function naive(held: readonly VerifiedDocument[], epoch: number): VerifiedDocument | null {
  const start = epoch * 3_600_000;
  const fit = held.filter(({ document: d }) => {
    const valid = d.epoch <= epoch && epoch <= d.epoch + d.parameters.validEpochs - 1;
    return valid && (d.immediate || d.publishedAt <= start - 300_000);
  });
  return fit.toSorted((a, b) => b.document.epoch - a.document.epoch)[0] ?? null;
}

test('whatever comes in whatever order: one document an epoch, one chain, never back', () => {
  fc.assert(
    fc.property(orders, (order) => {
      const book = new DocumentBook(network.trust);
      let newest = -1;
      for (const i of order) {
        const given = pool[i] as VerifiedDocument;
        const before = [...book.documents()];
        let outcome = 'chain';
        try {
          outcome = book.accept(given);
        } catch (error) {
          assert.ok(isAppError(error, 'document-chain'));
        }
        const held = book.documents();
        const epochs = held.map((one) => one.document.epoch);
        assert.equal(new Set(epochs).size, epochs.length);
        assert.deepEqual(
          epochs,
          epochs.toSorted((a, b) => b - a),
        );
        assert.ok((epochs[0] ?? -1) >= newest);
        newest = epochs[0] ?? -1;
        assert.equal(outcome === 'added', held.includes(given) && !before.includes(given));
        held.forEach((one, k) => {
          const older = held[k + 1];
          const neighbours = older?.document.epoch === one.document.epoch - 1;
          if (older !== undefined && neighbours && !isZero(one.document.previous)) {
            assert.ok(equalBytes(one.document.previous, older.hash));
          }
        });
        for (let epoch = e - 1; epoch < e + 12; epoch++) {
          assert.equal(book.inForce(epoch)?.hash, naive(held, epoch)?.hash);
        }
      }
    }),
    { numRuns: RUNS },
  );
});

test('pruning changes nothing for the last, this and every later epoch', () => {
  fc.assert(
    fc.property(orders, fc.integer({ min: -1, max: 12 }), (order, ahead) => {
      const book = new DocumentBook(network.trust);
      for (const i of order) {
        try {
          book.accept(pool[i] as VerifiedDocument);
        } catch {
          // Refused: not of interest here.
        }
      }
      const now = (e + ahead) * network.parameters.epochMs + 1;
      const epochs = Array.from({ length: 14 }, (_, k) => e + ahead - 1 + k);
      const before = epochs.map((epoch) => book.inForce(epoch)?.hash);
      book.prune(now);
      assert.deepEqual(
        epochs.map((epoch) => book.inForce(epoch)?.hash),
        before,
      );
      assert.ok(book.newest() !== null);
    }),
    { numRuns: RUNS },
  );
});
