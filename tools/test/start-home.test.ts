/** The folder of `npm start`: whose it is, one at a time, and what `--fresh` takes away. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { openHome, readPassphrase, StartError } from '../start/home.ts';

const root = mkdtempSync(join(tmpdir(), 'tacet-home-'));
const before = process.env['TACET_HOME'];
let home = '';

beforeEach((t) => {
  home = join(root, t.name.replaceAll(/\W/g, ''));
  process.env['TACET_HOME'] = home;
});
after(() => {
  if (before === undefined) delete process.env['TACET_HOME'];
  else process.env['TACET_HOME'] = before;
  rmSync(root, { recursive: true });
});

function put(...path: string[]): string {
  const file = join(home, ...path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, 'x');
  return file;
}

test('--fresh takes away network, profiles and passphrases of the demonstration, nothing else', () => {
  const first = openHome(false);
  const passphrase = readPassphrase(first.passphraseFile('alice'));
  const made = ['.network', 'alice', 'bob', 'echo'].map((name) => put(name, 'file'));
  const log = put('.start', 'logs', 'mix-1.log');
  const others = [put('carol', 'file'), put('notes.txt')];
  first.release();

  const again = openHome(false);
  assert.equal(readPassphrase(again.passphraseFile('alice')), passphrase);
  assert.ok(made.every((file) => existsSync(file)));
  again.release();

  const fresh = openHome(true);
  for (const file of [...made, log]) assert.ok(!existsSync(file), file);
  for (const file of others) assert.equal(readFileSync(file, 'utf8'), 'x');
  assert.notEqual(readPassphrase(fresh.passphraseFile('alice')), passphrase);
  fresh.release();
});

test('a second one is refused while the first runs, also with --fresh, which then takes nothing', () => {
  const first = openHome(false);
  const file = put('alice', 'file');
  for (const fresh of [false, true]) assert.throws(() => openHome(fresh), StartError);
  assert.ok(existsSync(file));
  first.release();
  openHome(false).release();
});

test('a folder that holds something else is refused and left as it is', () => {
  const file = put('alice', 'file');
  chmodSync(home, 0o755);
  assert.throws(() => openHome(true), StartError);
  assert.ok(existsSync(file));
  assert.equal(statSync(home).mode & 0o777, 0o755);
  assert.ok(!existsSync(join(home, '.start')));
});

test('folder and passphrases are for their owner only', () => {
  const { dir, passphraseFile, release } = openHome(false);
  assert.equal(statSync(dir).mode & 0o777, 0o700);
  assert.equal(statSync(passphraseFile('bob')).mode & 0o777, 0o600);
  release();
});
