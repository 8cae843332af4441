/**
 * Nothing a contact is sent proves to others who wrote it (docs/constructions.md, 3). Content is a
 * contact's because of keys that both ends hold; nothing here signs what was said, or to whom.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ByteWriter, concat, hex, randomBytes } from '@tacet/base';
import { edKeyPair, edVerify, hash, labelBytes } from '@tacet/crypto';
import type { NetworkId } from '@tacet/directory';
import { seededRng } from '@tacet/testkit';
import { openRecord, sealRecord, signTombstone } from '@tacet/wire';
import { encodeStatement, readStatement } from '../../src/recovery/boxes.ts';
import {
  beaconBox,
  firstBeacon,
  firstChain,
  nextBeacon,
  nextChain,
  streamBox,
} from '../../src/streams/chain.ts';
import { encodeBoxContent } from '../../src/streams/parts.ts';

const rng = seededRng('deniable');
const network = randomBytes(rng, 32) as NetworkId;

test('invariant: whoever reads a stream could have written it, record by record', () => {
  const root = randomBytes(rng, 32);
  const boxesOf = (known: Uint8Array) => {
    const [chain, beacon] = [firstChain(known), firstBeacon(known)];
    return [streamBox(chain), streamBox(nextChain(chain)), beaconBox(nextBeacon(beacon))];
  };
  const readers = boxesOf(root.slice());
  boxesOf(root).forEach((writers, i) => {
    const reader = readers[i] ?? assert.fail();
    const data = randomBytes(rng, 100);
    const said = encodeBoxContent({ kind: 'part', seq: 1, part: 0, parts: 1, data });
    const sent = sealRecord(writers, network, said);
    assert.ok(openRecord(reader, network, sent));
    assert.equal(hex(sealRecord(reader, network, said)), hex(sent));
    const never = encodeBoxContent({ kind: 'part', seq: 9, part: 0, parts: 1, data });
    assert.ok(openRecord(writers, network, sealRecord(reader, network, never)), 'words put in');
    assert.equal(
      hex(signTombstone(reader.seed, network)),
      hex(signTombstone(writers.seed, network)),
    );
  });
});

test('invariant: what a restore signs is of a root, a counter and a bundle: the same whoever reads it', () => {
  const [seed, root] = [randomBytes(rng, 32), randomBytes(rng, 32)];
  const said = { counter: 7, wantsKeys: false, bundle: randomBytes(rng, 1_797) };
  const { pair, signature, bundle } = readStatement(encodeStatement(root, seed, said));
  const number = new ByteWriter(8).u64(7).bytes;
  const signed = [labelBytes('recovery-statement'), pair, number, hash('recovery-bundle', bundle)];
  const { publicKey } = edKeyPair(seed);
  assert.ok(edVerify(publicKey, signature, concat(...signed)));
  assert.equal(hex(pair), hex(hash('recovery-pair', root)));
});

/** Files below a folder that name one of these. */
function naming(folder: string, words: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && words.test(readFileSync(join(folder, name), 'utf8')))
    .sort();
}

test('invariant: no signature by a key that lasts is made by what writes to contacts', () => {
  const lasting = /\bedSign\b|\.sign\(/;
  const packages = join(import.meta.dirname, '../../..');
  // But the statement of a restore, which names no contact (docs/spec/20-recovery.md, 9).
  assert.deepEqual(naming(join(packages, 'client/src'), lasting), ['recovery/boxes.ts']);
  // Where networks are signed the same search finds it.
  assert.ok(naming(join(packages, 'directory/src'), lasting).length > 0);
});
