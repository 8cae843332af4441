/** Bytes of heads and lists: golden ones, a second reading of them, and everything that is nearly one. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isAppError } from '@tacet/base';
import { hashKeyed, sealBox, systemRng } from '@tacet/crypto';
import {
  decodeList,
  encodeList,
  type Head,
  listBytes,
  openHead,
  sealHead,
  stepFor,
} from '../../src/backup-folder/form.ts';
import { openBackup } from '../../src/backup-folder/index.ts';
import { readBackup } from './reference.ts';
import { KEY, pages, ROOT, read, SALT, write } from './support.ts';

const vectors = join(import.meta.dirname, '../../../../vectors/backup');
const root = mkdtempSync(join(tmpdir(), 'tacet-form-'));
after(() => rmSync(root, { recursive: true, force: true }));
const refused = (code: string) => (error: unknown) => isAppError(error, code);
const ref = (n: number) => ({
  id: new Uint8Array(16).fill(n),
  key: new Uint8Array(32).fill(n + 1),
});
const HEAD: Head = {
  number: 3,
  at: 1_700_000_000_000,
  dataBytes: 147_456 * 2 + 4_096,
  cellsBytes: 147_456,
  withFiles: true,
  databaseKey: KEY,
  filling: 59,
  list: [ref(1)],
};

for (const file of readdirSync(vectors).filter((name) => name.endsWith('.json'))) {
  test(`${file}: both readings agree, and with what was written down`, async () => {
    const golden = JSON.parse(readFileSync(join(vectors, file), 'utf8')) as Record<string, string>;
    const dir = join(vectors, file.replace('.json', ''));
    const key = new Uint8Array(Buffer.from(golden['root'] ?? '', 'hex'));
    const slow = readBackup(dir, key);
    const { head } = await openBackup(dir, key);
    assert.deepEqual([slow.number, slow.at], [golden['number'], golden['at']]);
    assert.deepEqual([head.number, head.at], [golden['number'], golden['at']]);
    assert.deepEqual(Buffer.from(head.databaseKey), slow.databaseKey);
    assert.deepEqual(await read(dir, 'data', key), slow.data);
    assert.equal(slow.pieces, 64);
  });
}

test('what is written now is read by the second reading, too', async () => {
  const dir = join(root, 'now');
  const data = pages(36 * 3 + 1);
  await write(dir, data);
  const slow = readBackup(dir, ROOT);
  assert.deepEqual(slow.data, Buffer.from(data));
  assert.deepEqual(slow.databaseKey, Buffer.from(KEY));
  assert.equal(slow.pieces, 64);
});

test('a head: round trip, each bit, each length, another root', () => {
  const bytes = sealHead(ROOT, SALT, HEAD, systemRng);
  assert.equal(bytes.length, 4_096);
  assert.deepEqual(openHead(ROOT, bytes), HEAD);
  assert.equal(openHead(SALT, bytes), null);
  for (let at = 0; at < bytes.length; at++) {
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
    assert.equal(openHead(ROOT, bytes), null);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
  }
  for (const length of [60, 100, 4_000, 4_095]) {
    assert.equal(openHead(ROOT, bytes.subarray(0, length)), null);
  }
});

test('a head of our own key with one field wrong is refused, never half read', () => {
  const key = hashKeyed(ROOT, 'backup-head', 32);
  const plain = (change: (view: DataView, bytes: Uint8Array) => void): Uint8Array => {
    const bytes = new Uint8Array(4_024);
    const view = new DataView(bytes.buffer);
    view.setUint16(0, 1);
    view.setBigUint64(2, 3n);
    view.setBigUint64(10, 1_700_000_000_000n);
    view.setBigUint64(18, 4_096n);
    bytes[34] = 1;
    view.setUint32(67, 62);
    view.setUint16(71, 1);
    change(view, bytes);
    const nonce = new Uint8Array(24);
    return Buffer.concat([SALT, nonce, sealBox(key, nonce, bytes, SALT)]);
  };
  assert.equal(
    openHead(
      ROOT,
      plain(() => undefined),
    )?.number,
    3,
    'the control',
  );
  assert.throws(
    () =>
      openHead(
        ROOT,
        plain((v) => v.setUint16(0, 2)),
      ),
    refused('backup-newer-form'),
  );
  const wrong: ((view: DataView, bytes: Uint8Array) => void)[] = [
    (v) => v.setUint16(0, 0),
    (v) => v.setBigUint64(2, 0n),
    (v) => v.setBigUint64(2, 2n ** 60n),
    (v) => v.setBigUint64(18, 0n),
    (v) => v.setBigUint64(18, 4_097n),
    (v) => v.setBigUint64(26, 4_096n),
    (_, b) => b.fill(2, 34, 35),
    (v) => v.setUint32(67, 2 ** 32 - 1),
    (v) => v.setUint16(71, 0),
    (v) => v.setUint16(71, 2),
    (v) => v.setUint16(71, 65),
    (_, b) => b.fill(1, 121, 122),
    (_, b) => b.fill(1, 4_023),
  ];
  for (const change of wrong) {
    assert.throws(() => openHead(ROOT, plain(change)), refused('malformed'), String(change));
  }
});

test('a list: round trip, anything behind it, and too little', () => {
  const entry = (n: number) => ({ ...ref(n), sum: new Uint8Array(32).fill(n + 2) });
  const list = {
    data: [entry(1), entry(5), entry(9)],
    cells: [entry(13)],
    filling: Array.from({ length: 59 }, (_, n) => new Uint8Array(16).fill(n)),
  };
  const bytes = encodeList(list);
  assert.equal(bytes.length, listBytes(HEAD));
  assert.deepEqual(decodeList(HEAD, bytes), list);
  assert.deepEqual(decodeList(HEAD, new Uint8Array([...bytes, 0, 0])), list);
  assert.throws(() => decodeList(HEAD, new Uint8Array([...bytes, 0, 1])), refused('malformed'));
  for (const length of [0, 1, 79, bytes.length - 1]) {
    assert.throws(() => decodeList(HEAD, bytes.subarray(0, length)), refused('malformed'));
  }
});

test('steps: 64, and each half as much again', () => {
  assert.deepEqual([1, 64, 65, 96, 97, 145].map(stepFor), [64, 64, 96, 96, 144, 216]);
});
