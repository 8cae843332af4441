import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import type { StatusAnswer } from '@tacet/host/relay';
import { COMMANDS } from '../src/table.ts';
import { command, tempDir } from './support.ts';

test('help leads with examples; the version is one line', async () => {
  const help = await command('--help');
  assert.equal(help.code, 0);
  assert.ok(help.out.indexOf('Examples') < help.out.indexOf('Commands'));
  for (const { path, options } of COMMANDS) {
    const own = await command(...path.split(' '), '--help');
    assert.equal(own.code, 0);
    assert.ok(own.out.indexOf('Examples') < own.out.indexOf('Usage'), path);
    for (const name of Object.keys(options)) assert.ok(own.out.includes(`--${name}`), path);
    assert.ok(help.out.includes(path));
  }
  const version = await command('--version');
  assert.match(version.out, /^tacet-relay \d+\.\d+\.\d+$/);
  assert.deepEqual(await command('version'), version);
});

test('a wrong command or option is usage, exit code 2, one sentence', async () => {
  for (const args of [
    [],
    ['start'],
    ['network'],
    ['network', 'destroy'],
    ['run'],
    ['run', '--config'],
    ['run', '--config', 'x', '--colour'],
    ['run-all', 'net'],
    ['card'],
    ['network', 'create', '--dir', '/nonexistent/x'],
    ['network', 'create', '--dir', '/nonexistent/x', '--name', 'n', '--edges', '0'],
    ['network', 'create', '--dir', '/nonexistent/x', '--name', 'n', '--base-port', '70000'],
    ['network', 'create', '--dir', '/nonexistent/x', '--name', 'n', '--set', 'slotMs'],
    ['network', 'create', '--dir', '/nonexistent/x', '--name', 'n', '--set', 'slotMs=x'],
    ['network', 'create', '--dir', '/nonexistent/x', '--name', 'n', '--authorities', '2'],
    ['network', 'create', '--dir', '/nonexistent/x', '--name', 'n', '--operator', 'a,de'],
    [
      'network',
      'create',
      '--dir',
      '/nonexistent/x',
      '--name',
      'n',
      '--request',
      'r',
      '--edges',
      '2',
    ],
    ['init', '--dir', '/nonexistent/x', '--yes'],
    ['init', '--dir', '/nonexistent/x', '--roles', 'guard', '--yes'],
    ['authority', 'allow', '--config', 'x'],
    ['authority', 'allow', 'a', 'b', '--config', 'x'],
    ['drain', '--config', 'x', '--cancel', '--wait'],
    ['completion', 'tcsh'],
  ]) {
    const { code, err } = await command(...args);
    assert.equal(code, 2, args.join(' '));
    assert.match(err, /^[^\n]+\(usage\)$/, args.join(' '));
  }
});

test('create, card, config check', async () => {
  const dir = join(tempDir(), 'net');
  const made = await command('network', 'create', '--dir', dir, '--name', 'try', '--demo');
  assert.equal(made.code, 0);
  assert.match(made.out, /6 processes/);
  assert.match(made.out, /no crowd/);
  const card = await command('card', '--dir', dir);
  assert.match(card.out, /^tacet:network\/1\/[A-Za-z0-9_-]+$/);
  assert.match(card.err, /^one authority: .* alone/, 'beside the card, which may go into a file');
  const config = join(dir, 'mix-2', 'config.json');
  const checked = await command('config', 'check', '--config', config);
  assert.equal(checked.code, 0);
  assert.match(checked.out, /^layer +file +2 +# layer of a mix$/m);
  assert.match(checked.out, /^metricsPort +default +0 +# /m);

  const again = await command('network', 'create', '--dir', dir, '--name', 'try');
  assert.deepEqual([again.code, again.out], [2, '']);
  assert.match(again.err, /\(network-exists\)$/);

  writeFileSync(config, readFileSync(config, 'utf8').replace('"layer"', '"lair"'));
  const wrong = await command('config', 'check', '--config', config);
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /^`lair` is no key of the configuration: .+ \(config-key\)$/);
});

test('status and card say when one authority decides alone, and are silent with three', async () => {
  for (const authorities of [1, 3]) {
    const dir = join(tempDir(), 'net');
    const several = ['--authorities', String(authorities), '--edges', '3', '--demo'];
    const made = await command('network', 'create', '--dir', dir, '--name', 'try', ...several);
    assert.equal(made.code, 0, made.err);
    assert.equal((await command('card', '--dir', dir)).err === '', authorities === 3);
    const folder = join(dir, authorities === 1 ? 'edge-1' : 'try-1/edge-1');
    const server = createServer((_, response) =>
      response.end(JSON.stringify(answerOf(authorities))),
    );
    await new Promise<void>((resolve) => server.listen(join(folder, 'admin.sock'), resolve));
    const { code, out } = await command('status', '--config', join(folder, 'config.json'));
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    assert.equal(code, 0);
    assert.match(out, /^edge abab.*: ready;/);
    assert.equal(/^one authority: .* alone/m.test(out), authorities === 1);
  }
});

const answerOf = (authorities: number): StatusAnswer => ({
  ...{ role: 'edge', layer: 0, identity: 'ab'.repeat(32), epoch: 7, document: null },
  ...{ descriptor: [], links: null, leaving: null, linkNotAfter: null, newLinkKey: false },
  ...{ admitted: null, version: '1', upDays: 0, ready: true, missing: [], authorities },
});

test('a network without a crowd is said to have none, one with real rates is not', async () => {
  const dir = join(tempDir(), 'net');
  const made = await command('network', 'create', '--dir', dir, '--name', 'real');
  assert.equal(made.code, 0);
  assert.doesNotMatch(made.out, /no crowd/);
});

test('a folder without a network is not found, exit code 5', async () => {
  for (const name of ['card', 'run-all']) {
    const { code, err } = await command(name, '--dir', tempDir());
    assert.equal(code, 5);
    assert.match(err, /\(network-folder\)$/);
  }
});
