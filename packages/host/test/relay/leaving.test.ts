import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { equalBytes, isAppError } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import { epochStart } from '@tacet/directory';
import { makeTestNetwork } from '@tacet/testkit';
import { DATA_FORMAT, settleDataFormat } from '../../src/relay/data-format.ts';
import { createKeys, readKeys } from '../../src/relay/keys.ts';
import { LeaveFile } from '../../src/relay/leave-file.ts';
import { leavingState } from '../../src/relay/leaving.ts';
import { makeNextLinkKey, readNextLinkKey, takeUpNextLinkKey } from '../../src/relay/link-key.ts';
import { tempDir } from './temp.ts';

const network = makeTestNetwork({ mixesPerLayer: 2, edges: 3 });
const { parameters } = network;

test('a relay that leaves is needed until the grace of the last epoch that names it', () => {
  const [self] = network.edges;
  assert.ok(self);
  const { epoch } = network.document;
  const book = network.book();
  const start = epochStart(parameters, epoch);
  const named = leavingState(book, self.hash, start + 1);
  assert.deepEqual(named, { free: false, freeAt: null }, 'the newest document names it');

  // Published five minutes ahead: it counts from the next epoch on.
  const next = epoch + 1;
  const publishedAt = epochStart(parameters, next) - parameters.epochMs / 12;
  const relays = network
    .next(network.verified, next, { publishedAt })
    .document.relays.filter((_, i) => !equalBytes(network.relays[i]?.hash ?? self.hash, self.hash));
  book.add(network.next(network.verified, next, { relays, publishedAt }).bytes);
  const freeAt = epochStart(parameters, next) + parameters.graceMs;
  assert.deepEqual(leavingState(book, self.hash, publishedAt), { free: false, freeAt });
  assert.deepEqual(leavingState(book, self.hash, freeAt - 1), { free: false, freeAt });
  assert.deepEqual(leavingState(book, self.hash, freeAt), { free: true, freeAt });
  assert.equal(leavingState(book, self.hash, freeAt + parameters.epochMs).free, true);
  const [other] = network.mixes;
  assert.equal(leavingState(book, other?.hash ?? self.hash, freeAt).free, false);
});

test('that a relay leaves outlives a restart', () => {
  const data = tempDir();
  assert.equal(new LeaveFile(data).leaving, false);
  new LeaveFile(data).set(true);
  assert.equal(new LeaveFile(data).leaving, true);
  new LeaveFile(data).set(false);
  assert.equal(new LeaveFile(data).leaving, false);
});

test('a next link key lies beside the present one until it is taken up; the identity stays', () => {
  const data = tempDir();
  const keys = createKeys(data, systemRng);
  assert.equal(readNextLinkKey(data), null);
  makeNextLinkKey(data);
  assert.throws(
    () => makeNextLinkKey(data),
    (error) => isAppError(error, 'key-rotating'),
  );
  const next = readNextLinkKey(data);
  assert.ok(next !== null && !equalBytes(next.keyHash, keys.link.keyHash));
  assert.deepEqual(readKeys(data).link.keyHash, keys.link.keyHash);
  const identity = readFileSync(join(data, 'identity.key'));
  takeUpNextLinkKey(data);
  assert.deepEqual(readKeys(data).link.keyHash, next.keyHash);
  assert.equal(readNextLinkKey(data), null);
  assert.deepEqual(readFileSync(join(data, 'identity.key')), identity);
});

test('a data folder of a newer form is not touched', () => {
  const data = tempDir();
  const path = join(data, 'format');
  settleDataFormat(data);
  assert.equal(readFileSync(path, 'utf8'), `${DATA_FORMAT}\n`);
  settleDataFormat(data);
  for (const text of [`${DATA_FORMAT + 1}\n`, '0\n', 'x']) {
    writeFileSync(path, text);
    assert.throws(
      () => settleDataFormat(data),
      (error) => isAppError(error, 'data-newer'),
    );
    assert.equal(readFileSync(path, 'utf8'), text);
  }
  assert.ok(existsSync(path));
});
