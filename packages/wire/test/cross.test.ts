import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edKeyPair } from '@tacet/crypto';
import type { NetworkId } from '@tacet/directory';
import { seededRng } from '@tacet/testkit';
import {
  type BoxId,
  BroadcastReader,
  openRecord,
  packBroadcast,
  sealRecord,
  signTombstone,
  verifyRecord,
  verifyTombstone,
} from '@tacet/wire';
import fc from 'fast-check';
import * as boxes from './reference/boxes.ts';
import * as links from './reference/links.ts';
import { RUNS } from './support/exact.ts';

/** The reference is slow on purpose. */
const numRuns = Math.max(5, Math.floor(RUNS / 10));
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const exactly = (n: number) => fc.uint8Array({ minLength: n, maxLength: n });

test('records of random boxes are the same bytes, and each opens the other’s', () => {
  fc.assert(
    fc.property(bytes32, bytes32, bytes32, exactly(2_264), (seed, key, network, plaintext) => {
      const networkId = network as NetworkId;
      const id = edKeyPair(seed).publicKey as BoxId;
      const ours = sealRecord({ seed, key }, networkId, plaintext);
      assert.deepEqual(boxes.sealRecord(seed, key, network, plaintext), Uint8Array.from(ours));
      assert.deepEqual(boxes.openRecord(id, key, network, ours), plaintext);
      assert.deepEqual(openRecord({ id, key }, networkId, ours), plaintext);
      const tombstone = signTombstone(seed, networkId);
      assert.deepEqual(boxes.signTombstone(seed, network), Uint8Array.from(tombstone));
      assert.ok(verifyTombstone(id, boxes.signTombstone(seed, network), networkId));
    }),
    { numRuns },
  );
});

test('both refuse the same damaged records', () => {
  const seed = new Uint8Array(32).fill(1);
  const networkId = new Uint8Array(32).fill(2) as NetworkId;
  const record = sealRecord({ seed, key: seed }, networkId, new Uint8Array(2_264));
  fc.assert(
    fc.property(fc.nat(2_399), fc.nat(255), (at, value) => {
      const bent = record.slice();
      bent[at] = value;
      const ours = verifyRecord(bent, networkId) !== null;
      assert.equal(boxes.recordIsValid(bent, networkId), ours);
    }),
    { numRuns },
  );
});

test('both cut and join broadcasts alike, whatever is lost and repeated', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.array(fc.integer({ min: 1, max: 3_000 }), { maxLength: 6 }),
      (seed, sizes) => {
        const rng = seededRng(seed);
        const items = sizes.map((size, i) => ({
          kind: i % 2 === 0 ? ('digest' as const) : ('document' as const),
          bytes: rng.fill(new Uint8Array(size)),
        }));
        const pages = packBroadcast(items);
        assert.deepEqual(links.pages(items), pages);
        const seen = [...pages, ...pages].filter((_, i) => (seed >> (i % 30)) & 1);
        const reader = new BroadcastReader();
        const ours = seen.flatMap((page) => reader.take(page));
        assert.deepEqual(links.assemble(seen), ours);
      },
    ),
    { numRuns },
  );
});
