/** 13-client-view.md 3, 5: documents from an edge that may lie, hold back and repeat. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equalBytes } from '@tacet/base';
import { signDocument, type VerifiedDocument } from '@tacet/directory';
import { makeTestNetwork, seededRng, TEST_NOW } from '@tacet/testkit';
import { packBroadcast } from '@tacet/wire';
import { PUBLIC_CHECKS } from '../../src/network/checks.ts';
import { Network } from '../../src/network/network.ts';
import { migratedStore } from '../migrated-store.ts';

const net = makeTestNetwork({ seed: 'client documents' });
const stranger = makeTestNetwork({ seed: 'somebody else' });
const { epochMs, validEpochs } = net.parameters;
const first = net.verified;
const second = net.next(first, first.document.epoch + 1);
const third = net.next(second, first.document.epoch + 2);

function profile(store = migratedStore()) {
  const told: string[] = [];
  const deps = {
    store,
    rng: seededRng('client documents'),
    listener: {
      onDigest: () => undefined,
      onDocument: () => void told.push('document'),
      onEquivocation: () => void told.push('equivocation'),
    },
    checks: PUBLIC_CHECKS,
  };
  const network = Network.load(deps) ?? Network.join(net.cardText, deps);
  const give = (bytes: Uint8Array, now = TEST_NOW): void => {
    for (const page of packBroadcast([{ kind: 'document', bytes }])) {
      network.takeBroadcast(page, now);
    }
  };
  return { store, network, told, give, deps };
}

const counts = (network: Network) => network.counters.snapshot();

test('badly signed documents are counted by reason and change nothing', () => {
  const { network, give, told } = profile();
  give(stranger.documentBytes);
  const { authorities } = net;
  const forged = signDocument(net.document, stranger.authorities);
  give(forged);
  const elsewhere = signDocument({ ...net.document, networkName: 'test networks' }, authorities);
  give(elsewhere);
  const cut = net.documentBytes.slice(0, -1);
  give(cut);
  const flipped = net.documentBytes.slice();
  flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
  give(flipped);
  assert.deepEqual(counts(network), {
    'document-signatures': 3,
    'document-network': 1,
    'document-malformed': 1,
  });
  assert.deepEqual(told, []);
  assert.equal(network.current(TEST_NOW), null);
  assert.equal(network.pause(TEST_NOW), 'document');
});

test('an older document never comes back, also not after a restart', () => {
  const { network, give, store } = profile();
  give(third.bytes);
  const again = profile(store);
  again.give(first.bytes);
  assert.deepEqual(counts(again.network), { 'document-older': 1 });
  assert.deepEqual(counts(network), { 'document-added': 1 });
  assert.ok(equalBytes(again.network.book.newest()?.hash ?? first.hash, third.hash));
});

test('no document for V epochs: nothing is built, it is said, and the next one over the gap ends it', () => {
  const { network, give } = profile();
  give(first.bytes);
  assert.notEqual(network.current(TEST_NOW), null);
  const late = TEST_NOW + (validEpochs + 3) * epochMs;
  assert.equal(network.current(late), null);
  assert.equal(network.pause(late), 'document-old');
  const epoch = first.document.epoch + validEpochs + 3;
  const next = net.next(third, epoch, { publishedAt: late, immediate: true });
  give(next.bytes, late);
  assert.notEqual(network.current(late + 2_000), null);
  assert.equal(network.pause(late + 2_000), null);
});

test('two signed documents of one epoch: the second is refused, both are kept, once, over restarts', () => {
  const { network, give, told, store } = profile();
  give(first.bytes);
  give(second.bytes);
  const fork = net.next(first, first.document.epoch + 1, { echo: Uint8Array.of(1) });
  give(fork.bytes);
  assert.deepEqual(told, ['document', 'document', 'equivocation']);
  const kept = store.get('SELECT own_bytes, other_bytes FROM disputes');
  assert.deepEqual({ ...kept }, { own_bytes: second.bytes, other_bytes: fork.bytes });
  const again = profile(store);
  again.give(fork.bytes);
  assert.deepEqual(again.told, []);
  const [dispute, ...more] = again.network.memory.disputes();
  assert.deepEqual(more, []);
  assert.deepEqual(dispute, {
    at: TEST_NOW,
    epoch: second.document.epoch,
    own: second.hash,
    other: fork.hash,
    contactId: null,
  });
  assert.ok(equalBytes(network.book.newest()?.hash ?? fork.hash, second.hash));
});

test('a stored document this version cannot read is dropped; the profile opens', () => {
  const { store, give } = profile();
  give(first.bytes);
  store.run('UPDATE documents SET bytes = ?', first.bytes.slice(0, 100));
  const again = profile(store);
  assert.deepEqual(counts(again.network), { 'document-malformed': 1 });
  again.give(first.bytes);
  assert.notEqual(again.network.current(TEST_NOW), null);
});

test('what contacts hold is compared by epoch; one who invents documents fills four places', () => {
  const { network, give, store } = profile();
  const held: VerifiedDocument[] = [first, second];
  for (const { bytes } of held) give(bytes);
  store.run(
    `INSERT INTO contacts (id, name, given_name, trust, state, created_at, touched_at)
     VALUES (1, 'bob', 'bob', 'link', 'ready', 0, 0)`,
  );
  const name = ({ document, hash }: VerifiedDocument) => ({ epoch: document.epoch, hash });
  assert.equal(network.memory.compare(1, name(first), TEST_NOW), false);
  assert.equal(network.memory.compare(1, name(third), TEST_NOW), null);
  for (let n = 0; n < 10; n++) {
    const invented = { epoch: second.document.epoch, hash: new Uint8Array(32).fill(n) };
    assert.equal(network.memory.compare(1, invented, TEST_NOW), n < 4);
  }
  assert.equal(network.memory.disputes().length, 4);
});
