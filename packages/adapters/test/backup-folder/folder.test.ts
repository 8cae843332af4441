/** Backups on real files: what stands in the folder, what a second one writes, what is refused. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { AppError, hex, isAppError } from '@tacet/base';
import { openHead } from '../../src/backup-folder/form.ts';
import { LEAST_PIECES, openBackup, PIECE_BYTES } from '../../src/backup-folder/index.ts';
import { bodyOf, cells, changed, KEY, look, pages, ROOT, read, write } from './support.ts';

const root = mkdtempSync(join(tmpdir(), 'tacet-backup-'));
after(() => rmSync(root, { recursive: true, force: true }));
const fresh = (name: string) => join(root, name);
const refused = (code: string) => (error: unknown) => isAppError(error, code);

test('what was put in comes out, and a second backup writes only what changed', async () => {
  const dir = fresh('incremental');
  const data = pages(36 * 4 + 5);
  const files = cells(2);
  const made = await write(dir, data, { cells: bodyOf(files) });
  assert.deepEqual(made, { number: 1, pieces: 7, written: 7, folder: LEAST_PIECES });
  assert.deepEqual(await read(dir), Buffer.from(data));
  assert.deepEqual(await read(dir, 'cells'), Buffer.from(files));
  const before = look(dir);
  assert.equal(before.size, LEAST_PIECES + 1);

  const next = data.slice();
  next[36 * 4_096 * 2 + 17] = (next[36 * 4_096 * 2 + 17] ?? 0) ^ 1;
  const again = await write(dir, next, { cells: bodyOf(files), lastNumber: 1 });
  assert.deepEqual(again, { number: 2, pieces: 7, written: 1, folder: LEAST_PIECES });
  const after = look(dir);
  const { added, gone } = changed(before, after);
  // Head, list and the piece; list and piece of before are gone.
  assert.equal(added.length, 3);
  assert.equal(gone.length, 2);
  assert.deepEqual(await read(dir), Buffer.from(next));

  const grown = pages(36 * 70);
  const third = await write(dir, grown, { lastNumber: 2 });
  assert.deepEqual([third.folder, third.pieces], [96, 70]);
  assert.deepEqual(await read(dir), Buffer.from(grown));
  const back = await write(dir, data, { lastNumber: 3 });
  assert.equal(back.folder, LEAST_PIECES);
  assert.equal(look(dir).size, LEAST_PIECES + 1);
});

test('the folder shows files of one size, mode and time, names without meaning, and no byte of what it holds', async () => {
  const dir = fresh('shape');
  const canary = Buffer.from('canary of a text in a page');
  const data = pages(80);
  data.set(canary, 5_000);
  await write(dir, data);
  assert.equal(statSync(dir).mode & 0o777, 0o700);
  const times = new Set<number>();
  for (const [name, bytes] of look(dir)) {
    const stat = statSync(join(dir, name));
    assert.equal(stat.mode & 0o777, 0o600);
    if (name === '0.head') {
      assert.equal(bytes.length, 4_096);
    } else {
      assert.match(name, /^[0-9a-f]{32}$/);
      assert.equal(bytes.length, PIECE_BYTES + 40);
      times.add(stat.mtimeMs);
    }
    for (const form of [canary, KEY, Buffer.from(canary.toString('hex'))]) {
      assert.equal(bytes.includes(form), false);
    }
  }
  assert.equal(times.size, 1);
  assert.ok(Buffer.from(data).includes(canary), 'the control: it is in what was kept');
  // The same bytes in another folder have other names and other bytes.
  const other = fresh('shape-2');
  await write(other, data);
  const names = new Set(look(other).keys());
  assert.deepEqual(
    [...look(dir).keys()].filter((name) => names.has(name)),
    ['0.head'],
  );
});

test('a piece that is gone, cut off, damaged, another’s or of an earlier backup is named as damage; the rest is not', async () => {
  const dir = fresh('damage');
  const data = pages(36 * 3);
  await write(dir, data);
  const old = fresh('damage-old');
  cpSync(dir, old, { recursive: true });
  const next = data.slice();
  next.fill(3, 0, 100);
  await write(dir, next, { lastNumber: 1 });
  const before = changed(look(dir), look(old)).added.filter((name) => name !== '0.head');
  const live = await liveNames(dir);
  const spoil: Record<string, (path: string) => void> = {
    gone: (path) => rmSync(path),
    cut: (path) => truncateSync(path, PIECE_BYTES),
    longer: (path) => writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(1)])),
    flipped: (path) => {
      const bytes = readFileSync(path);
      bytes[90_000] = (bytes[90_000] ?? 0) ^ 1;
      writeFileSync(path, bytes);
    },
    folder: (path) => {
      rmSync(path);
      mkdirSync(path);
    },
    link: (path) => {
      copyFileSync(path, join(root, 'elsewhere'));
      rmSync(path);
      symlinkSync(join(root, 'elsewhere'), path);
    },
  };
  for (const [name, other] of [
    ['of before', join(old, before[0] ?? '')],
    ['of before', join(old, before[1] ?? '')],
  ] as const) {
    spoil[`${name} ${other}`] = (path) => copyFileSync(other, path);
  }
  for (const name of live) {
    for (const [how, work] of Object.entries(spoil)) {
      const broken = fresh('damage-broken');
      rmSync(broken, { recursive: true, force: true });
      cpSync(dir, broken, { recursive: true });
      work(join(broken, name));
      await assert.rejects(read(broken), refused('backup-damaged'), how);
    }
    const swapped = fresh('damage-broken');
    rmSync(swapped, { recursive: true, force: true });
    cpSync(dir, swapped, { recursive: true });
    const other = live.find((one) => one !== name) ?? '';
    copyFileSync(join(dir, other), join(swapped, name));
    await assert.rejects(read(swapped), refused('backup-damaged'), 'swapped');
  }
  assert.deepEqual(await read(dir), Buffer.from(next), 'the control: unspoilt, it opens');
  // The next backup makes what is missing; damage inside a piece it has no reason to look at.
  rmSync(join(dir, live[0] ?? ''));
  await write(dir, next, { lastNumber: 2 });
  assert.deepEqual(await read(dir), Buffer.from(next));
  const flipped = (await liveNames(dir))[0] ?? '';
  spoil['flipped']?.(join(dir, flipped));
  await write(dir, next, { lastNumber: 3, whole: true });
  assert.deepEqual(await read(dir), Buffer.from(next));
});

test('a damaged head is a wrong phrase, a short one damage, and neither is written over unasked', async () => {
  const dir = fresh('head');
  const data = pages(36);
  await write(dir, data);
  const head = join(dir, '0.head');
  const good = readFileSync(head);
  for (let at = 0; at < good.length; at += 111) {
    const bad = Buffer.from(good);
    bad[at] = (bad[at] ?? 0) ^ 0x10;
    writeFileSync(head, bad);
    await assert.rejects(read(dir), refused('recovery-phrase-wrong'));
    await assert.rejects(write(dir, data, { lastNumber: 1 }), refused('backup-folder-foreign'));
    assert.deepEqual(readFileSync(head), bad);
  }
  for (const length of [0, 1, 4_095, 4_097]) {
    writeFileSync(head, Buffer.concat([good, Buffer.alloc(9)]).subarray(0, length));
    await assert.rejects(read(dir), refused('backup-damaged'));
    await assert.rejects(write(dir, data, { lastNumber: 1 }), refused('backup-damaged'));
  }
  await write(dir, data, { lastNumber: 1, whole: true });
  assert.deepEqual(await read(dir), Buffer.from(data));
});

test('another phrase does not open it; the former one’s backup is taken over, piece by piece as it lies', async () => {
  const dir = fresh('phrases');
  const data = pages(36 * 2);
  await write(dir, data);
  const other = new Uint8Array(32).fill(1);
  await assert.rejects(read(dir, 'data', other), refused('recovery-phrase-wrong'));
  await assert.rejects(
    write(dir, data, { root: other, lastNumber: 1 }),
    refused('backup-folder-foreign'),
  );
  const salt = new Uint8Array(32).fill(2);
  const made = await write(dir, data, { root: other, salt, formerRoot: ROOT, lastNumber: 1 });
  assert.equal(made.written, 0);
  assert.deepEqual(await read(dir, 'data', other), Buffer.from(data));
  await assert.rejects(read(dir), refused('recovery-phrase-wrong'));
});

test('a folder with other things in it, none at all, and one a later daemon wrote to', async () => {
  const dir = fresh('other');
  mkdirSync(dir);
  writeFileSync(join(dir, 'letter.txt'), 'mine');
  await assert.rejects(write(dir, pages(1)), refused('backup-folder-other'));
  assert.deepEqual([...look(dir).keys()], ['letter.txt']);
  await assert.rejects(read(fresh('nowhere')), refused('backup-missing'));
  writeFileSync(join(root, 'a-file'), '');
  await assert.rejects(write(join(root, 'a-file', 'x'), pages(1)), refused('backup-folder-failed'));
  const ahead = fresh('ahead');
  await write(ahead, pages(1), { lastNumber: 7 });
  const stood = look(ahead);
  await assert.rejects(write(ahead, pages(2), { lastNumber: 7 }), refused('backup-ahead'));
  assert.deepEqual(look(ahead), stood);
  // Nor one of the same number that another daemon made; but its own, which it did not live to know.
  const known: Uint8Array[] = [];
  const onHead = async (pending: Uint8Array) => void known.push(pending);
  await write(ahead, pages(2), { lastNumber: 8, onHead });
  const [pending = new Uint8Array()] = known;
  const other = pending.map((byte) => byte ^ 1);
  await assert.rejects(
    write(ahead, pages(2), { lastNumber: 8, pending: other }),
    refused('backup-ahead'),
  );
  assert.equal((await write(ahead, pages(2), { lastNumber: 8, pending })).number, 10);
  // An earlier one (a disk that lay in a drawer) is gone on from.
  assert.equal((await write(ahead, pages(2), { lastNumber: 12 })).number, 13);
});

test('no room, a body that turns out damaged, and an end in the middle leave the last one as it was', async () => {
  const dir = fresh('trouble');
  const data = pages(36 * 3);
  await write(dir, data);
  const stood = look(dir);
  const next = pages(36 * 3, 2);
  const full = {
    bytes: next.length,
    read: async (at: number, length: number) => {
      if (at > 0) throw new AppError('profile-unreadable', 'storage', 'x');
      return next.slice(at, at + length);
    },
  };
  await assert.rejects(
    write(dir, next, { data: full, lastNumber: 1 }),
    refused('profile-unreadable'),
  );
  assert.deepEqual(look(dir), stood);
  const ended = new AbortController();
  const onProgress = (done: number) => done === 2 && ended.abort();
  await assert.rejects(
    write(dir, next, { lastNumber: 1, signal: ended.signal, onProgress }),
    refused('backup-ended'),
  );
  assert.deepEqual(look(dir), stood);
});

/** List and bodies. */
async function liveNames(dir: string): Promise<string[]> {
  const head = openHead(ROOT, readFileSync(join(dir, '0.head')));
  assert.ok(head !== null);
  const backup = await openBackup(dir, ROOT);
  const { list } = backup as unknown as { list: { data: { id: Uint8Array }[] } };
  return [...head.list, ...list.data].map(({ id }) => hex(id));
}

test('a pipe is no file, and keeps nobody waiting', {
  skip: process.platform === 'win32',
}, async () => {
  const dir = fresh('pipes');
  await write(dir, pages(36 * 2));
  const pipe = (path: string): void => {
    rmSync(path, { force: true });
    execFileSync('mkfifo', [path]);
  };
  const head = readFileSync(join(dir, '0.head'));
  const opened = openHead(ROOT, head);
  const [list] = opened?.list ?? [];
  assert.ok(list !== undefined);
  pipe(join(dir, hex(list.id)));
  await assert.rejects(openBackup(dir, ROOT), refused('backup-damaged'));
  pipe(join(dir, '0.head'));
  await assert.rejects(openBackup(dir, ROOT), refused('backup-missing'));
  // A new backup stands in its place.
  await write(dir, pages(4));
  assert.equal((await read(dir)).length, 4 * 4_096);
});
