/** Transfer on the command line: its price is said first, and nothing goes without a yes. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { contactView, messageView } from '@tacet/testkit/views';
import { FakeDaemon } from './fake-daemon.ts';
import { strict } from './harness.ts';

const fake = new FakeDaemon();
const folder = mkdtempSync(join(tmpdir(), 'tacet-transfer-'));
const path = join(folder, 'report.pdf');
const has = { transfer: true };
const TRANSFER = {
  leastMs: 20_000,
  mostMs: 50_000,
  oneSided: { leastMs: 900_000, mostMs: 2_400_000 },
  blockMs: 600_000,
  blocks: 1,
  up: 245_000_000,
  down: 490_000_000,
  shows: [{ to: 'own-edge', code: 'transfer', text: 'your own edge sees that you move a file' }],
};
const FILE = {
  kind: 'file',
  state: 'wanted',
  ...{ name: 'report.pdf', claimedName: null, mediaType: 'application/pdf' },
  ...{ size: 10, reason: null, done: 0, parts: 1, preview: null },
  ...{ width: null, height: null, duration: null, peaks: null },
} as const;
const here = messageView({ id: '7', direction: 'in', kind: 'file', file: FILE });

before(() => {
  writeFileSync(path, 'ten bytes.');
  return fake.start(
    strict({
      'contact.get': () => contactView(),
      'file.preview': () => ({
        ...{ boxes: 1, leastMs: 1_000, mostMs: 9_000, fits: true },
        transfer: has.transfer ? TRANSFER : null,
      }),
      'file.begin': () => ({ upload: 1 }),
      'file.put': ({ at, bytes }: { at: number; bytes: string }) => ({
        at: at + Buffer.from(bytes, 'base64url').length,
      }),
      'file.send': () => here,
      'file.want': () => here,
      'message.get': () => ({ ...here, evidence: [] }),
      'events.wait': () => ({ events: [], cursor: 0 }),
    }),
  );
});
after(() => {
  fake.stop();
  rmSync(folder, { recursive: true });
});

const called = (method: string): unknown[] =>
  fake.calls.filter((call) => call.method === method).map(({ params }) => params);

test('without a yes the price is said, and nothing is brought in', async () => {
  const { code, err } = await fake.tacet(['file', 'send', 'bob', path, '--transfer']);
  assert.equal(code, 7);
  assert.match(
    err,
    /Transfer: 20 s to 50 s once both have said yes; 15 min to 40 min where only one/,
  );
  assert.match(err, /a block of 10 min, run to the end: 245.0 MB up, 490.0 MB down/);
  assert.match(err, /your own edge sees that you move a file/);
  assert.match(err, /--yes/);
  assert.deepEqual([called('file.begin'), called('file.send')], [[], []]);
});

test('with it the file goes so, and without the word it does not', async () => {
  const yes = await fake.tacet(['file', 'send', 'bob', path, '--transfer', '--yes']);
  assert.equal(yes.code, 0, yes.err);
  assert.equal(Object(called('file.send').at(-1)).transfer, true);
  await fake.tacet(['file', 'send', 'bob', path, '--yes']);
  assert.equal(Object(called('file.send').at(-1)).transfer, undefined);
});

test('one that is being fetched may go so from now on', async () => {
  await fake.tacet(['file', 'get', '7', '--transfer', '--timeout', '1s']);
  assert.deepEqual(called('file.want'), []);
  await fake.tacet(['file', 'get', '7', '--transfer', '--yes', '--timeout', '1s']);
  assert.deepEqual(called('file.want'), [{ id: '7', transfer: true }]);
});

test('where the network has none it is refused by name', async () => {
  has.transfer = false;
  const { code, err } = await fake.tacet(['file', 'send', 'bob', path, '--transfer', '--yes']);
  assert.equal(code, 7);
  assert.match(err, /this network has no rate for Transfer/);
  has.transfer = true;
});
