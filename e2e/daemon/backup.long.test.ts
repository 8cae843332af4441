/**
 * Backups as people make them (docs/spec/20-recovery.md): the real command line and daemon, real costs,
 * kill -9 while one is made, and a profile that comes back from what is left.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { dialDaemon } from '../lib/socket.ts';
import { Home } from './home.ts';

const home = new Home();
after(() => home.end());
const folder = home.path('disk', 'alice');
const words = home.path('words');

test('a first backup gives a phrase once, says what it did, and a test with the phrase finds it whole', async () => {
  await home.create('alice');
  const none = await home.tacet('alice', ['backup', 'create', '--folder', folder]);
  assert.equal(none.code, 4, none.err);
  assert.match(none.err, /--save-phrase/);
  assert.equal(existsSync(folder), false);
  const first = ['backup', 'create', '--folder', folder, '--every', '12h', '--save-phrase', words];
  const made = await home.tacet('alice', first);
  assert.equal(made.code, 0, made.err);
  assert.match(made.out, /every +12 h, with files/);
  assert.equal(readFileSync(words, 'utf8').trim().split(' ').length, 12);
  const again = await home.tacet('alice', ['backup', 'create']);
  assert.equal(again.code, 0, again.err);
  const found = await home.tacet('alice', ['backup', 'test', '--phrase-file', words]);
  assert.equal(found.code, 0, found.err);
  assert.match(found.out, /whole; it would bring back/);
  const status = await home.tacet('alice', ['backup', 'status']);
  assert.match(status.out, /number 2/);
});

test('killed at any moment while backups are made, what is in the folder is whole, and the next one works', async () => {
  const numbers: number[] = [];
  for (let n = 0; n < 6; n++) {
    const api = await dialDaemon(home.path('alice', 'daemon.sock'));
    const { pid } = await api.call('status', {});
    const notes = await api.call('note.open', {});
    const text = `killed ${n}`;
    await api.call('message.send', { contactId: notes.id, text, clientId: text });
    const run = api.call('backup.create', { whole: true }).catch(() => null);
    await sleep(20 + n * 90);
    process.kill(pid, 'SIGKILL');
    await run;
    const up = await home.tacet('alice', ['up', '--passphrase-file', home.path('pass')]);
    assert.equal(up.code, 0, up.err);
    const found = await home.json('alice', ['backup', 'test', '--phrase-file', words]);
    numbers.push(Number(found['number']));
    const next = await home.tacet('alice', ['backup', 'create']);
    assert.equal(next.code, 0, next.err);
  }
  assert.ok(
    numbers.every((n, i) => i === 0 || n >= (numbers[i - 1] ?? 0)),
    String(numbers),
  );
});

test('it comes back under another name from folder and phrase alone, and says that it is restored', async () => {
  await home.tacet('alice', ['backup', 'create']);
  const secret = ['--passphrase-file', home.path('pass')];
  const wrong = home.secret(
    'wrong',
    'legal winner thank year wave sausage worth useful legal winner thank yellow',
  );
  const slip = home.secret(
    'slip',
    'legal winner thank year wave sausage worth useful legal winner thank zoo',
  );
  const restore = (file: string) => {
    const from = ['backup', 'restore', folder, '--phrase-file', file];
    return home.tacet('again', [...from, ...secret]);
  };
  for (const [file, code] of [
    [wrong, 4],
    [slip, 2],
  ] as const) {
    assert.equal((await restore(file)).code, code);
    assert.equal(existsSync(home.path('again')), false, 'nothing is left of it');
  }
  const pieces = readdirSync(folder).filter((name) => name !== '0.head');
  const made = await restore(words);
  assert.equal(made.code, 0, made.err);
  assert.match(made.err, /contacts are told by itself/);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name !== '0.head'),
    pieces,
    'it reads only',
  );
  const status = await home.tacet('again', ['status']);
  assert.match(status.out, /restored from a backup/);
  const notes = await home.tacet('again', ['note']);
  assert.equal(notes.code, 0, notes.err);
  const api = await dialDaemon(home.path('again', 'daemon.sock'));
  const { id } = await api.call('note.open', {});
  const { messages } = await api.call('message.list', { contactId: id, limit: 50 });
  assert.ok(messages.length >= 5, `${messages.length} notes came back`);
  const resumed = await home.tacet('again', ['profile', 'resume']);
  assert.match(resumed.err, /not-copied|no copy/, 'it needs nobody for that');
});

test('no word of the phrase stands in a log, an argument, the environment, or a file of profile or backup', async () => {
  const phrase = readFileSync(words, 'utf8').trim();
  rmSync(words);
  for (const name of ['alice', 'again']) {
    const api = await dialDaemon(home.path(name, 'daemon.sock'));
    const { pid } = await api.call('status', {});
    for (const part of ['cmdline', 'environ']) {
      assert.equal(
        readFileSync(`/proc/${pid}/${part}`, 'utf8').includes(phrase.slice(0, 20)),
        false,
      );
    }
  }
  let seen = 0;
  for (const entry of readdirSync(home.path('.'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    seen += 1;
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    assert.equal(bytes.includes(phrase), false, entry.name);
  }
  assert.ok(seen > 60, `${seen} files looked at`);
});
