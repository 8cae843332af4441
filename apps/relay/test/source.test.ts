import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkoutCommit, packageUrl } from '../src/source.ts';
import { command, tempDir } from './support.ts';

test('the address is that of the repository, else of the home page, if it is https', () => {
  const dir = tempDir();
  const url = (fields: object) => {
    writeFileSync(join(dir, 'package.json'), JSON.stringify(fields));
    return packageUrl(dir);
  };
  const https = 'https://source.test/tacet';
  assert.equal(url({ repository: { type: 'git', url: `git+${https}.git` } }), `${https}.git`);
  assert.equal(url({ repository: https, homepage: 'https://other.test' }), https);
  assert.equal(url({ repository: 'github:a/b', homepage: https }), https);
  assert.equal(url({}), null);
});

test('the commit is that of an unchanged checkout of its own', () => {
  const dir = tempDir();
  assert.equal(checkoutCommit(dir), null, 'no checkout');
  const git = (...args: string[]) => {
    const who = ['-c', 'user.name=n', '-c', 'user.email=e@source.test'];
    const { status, stdout, stderr } = spawnSync('git', ['-C', dir, ...who, ...args], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    return stdout.trim();
  };
  git('init', '-q');
  writeFileSync(join(dir, 'file'), '1');
  git('add', 'file');
  git('commit', '-q', '-m', 'first');
  assert.equal(checkoutCommit(dir), git('rev-parse', 'HEAD'));
  mkdirSync(join(dir, 'within'));
  assert.equal(checkoutCommit(join(dir, 'within')), null, 'a checkout of something else');
  writeFileSync(join(dir, 'file'), '2');
  assert.equal(checkoutCommit(dir), null, 'changed');
});

test('what is given goes into each configuration; what is none is refused before keys are made', async () => {
  const dir = join(tempDir(), 'net');
  const make = ['network', 'create', '--dir', dir, '--name', 'try', '--demo'];
  const ignored = await command(
    'network',
    'create',
    '--dir',
    dir,
    '--name',
    'try',
    ...['--request', 'a.json', '--source', 'https://source.test'],
  );
  assert.match(ignored.err, /--source has no meaning with --request/);
  const wrong = await command(...make, '--source', 'http://source.test');
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /config-value/);
  const commit = 'ab'.repeat(20);
  const made = await command(...make, '--source', 'https://source.test/t', '--commit', commit);
  assert.deepEqual([made.code, made.err], [0, '']);
  const config = JSON.parse(readFileSync(join(dir, 'mix-1', 'config.json'), 'utf8'));
  assert.deepEqual([config.sourceUrl, config.sourceCommit], ['https://source.test/t', commit]);
});

test('init keeps what was given until the network is there, and says what is not known', async () => {
  const dir = join(tempDir(), 'relay');
  const own = [
    '--roles',
    'edge',
    '--family',
    'a',
    '--host',
    '127.0.0.1',
    '--port',
    '23000',
    '--yes',
  ];
  const made = await command('init', '--dir', dir, ...own, '--commit', 'cd'.repeat(20));
  assert.equal(made.code, 0, made.err);
  assert.match(made.err, /^sourceUrl is not known/);
  assert.doesNotMatch(made.err, /sourceCommit/);
  const setup = JSON.parse(readFileSync(join(dir, 'setup.json'), 'utf8'));
  assert.equal(setup.sourceCommit, 'cd'.repeat(20));
});
