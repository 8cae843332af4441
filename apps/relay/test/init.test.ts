/** `init` as somebody at a terminal meets it, the authority's side, and completion. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { askAll, type Question } from '../src/ask.ts';
import { command, tempDir } from './support.ts';

const QUESTIONS: readonly Question[] = [
  { option: 'name', text: 'Name', fallback: null, check: (a) => (a === '' ? 'a name' : null) },
  {
    option: 'size',
    text: 'Size',
    fallback: '3',
    check: (a) => (/^\d$/.test(a) ? null : 'a digit'),
  },
];

function terminal(lines: readonly string[]) {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const output = new PassThrough();
  let said = '';
  // One line for each question, as somebody types who reads first.
  const left = [...lines];
  output.on('data', (chunk) => {
    said += String(chunk);
    if (/: $/.test(String(chunk))) input.write(`${left.shift() ?? ''}\n`);
  });
  return { input, output, said: () => said };
}

test('what was not given is asked, once more when the answer is wrong; defaults stand', async () => {
  const { input, output, said } = terminal(['', 'alice', '']);
  const answers = await askAll(QUESTIONS, { given: {}, yes: false, input, output });
  assert.deepEqual(answers, { name: 'alice', size: '3' });
  assert.match(said(), /Name: .*Size \[3\]: /s);
});

test('what was given is not asked; --yes asks nothing; nobody there is an error', async () => {
  const { input, output, said } = terminal([]);
  const asking = { input, output, yes: true };
  assert.deepEqual(await askAll(QUESTIONS, { ...asking, given: { name: 'x' } }), {
    ...{ name: 'x', size: '3' },
  });
  assert.equal(said(), '');
  const isUsage = /--name is missing|--size: a digit/;
  await assert.rejects(askAll(QUESTIONS, { ...asking, given: {} }), isUsage);
  await assert.rejects(askAll(QUESTIONS, { ...asking, given: { name: 'x', size: 'y' } }), isUsage);
  const away = { ...asking, yes: false, input: Object.assign(new PassThrough(), { isTTY: false }) };
  await assert.rejects(askAll(QUESTIONS, { ...away, given: {} }), isUsage);
});

test('init, found, join, allow, list, remove: each says what comes next', async () => {
  const dir = tempDir();
  const own = ['--country', 'DE', '--host', '127.0.0.1', '--port', '0', '--yes'];
  const relay = join(dir, 'relay');
  const refused = await command('init', '--dir', relay, '--family', 'alice', ...own);
  assert.match(refused.err, /--port: a number from 1/);
  own[5] = String(20_000 + Math.floor(Math.random() * 9_000));
  const roles = ['--roles', 'authority,mix-1,mix-2,mix-3,edge'];
  const made = await command('init', '--dir', relay, ...roles, '--family', 'alice', ...own);
  assert.equal(made.code, 0, made.err);
  assert.match(
    made.out,
    /identity\.key[\s\S]*authority 127\.0\.0\.1:\d+ [0-9a-f]{16}[\s\S]*next: send/,
  );
  const again = await command('init', '--dir', relay, ...own);
  assert.equal(again.code, 2);
  const net = join(dir, 'net');
  const request = ['--request', join(relay, 'request.json')];
  const found = await command('network', 'create', '--dir', net, '--name', 'n', ...request);
  assert.equal(found.code, 0, found.err);
  assert.match(found.out, /1 authorities and 4 relays[\s\S]*compare these numbers/);
  const numbers = [...made.out.matchAll(/[0-9a-f]{16}$/gm)].map(String);
  for (const number of numbers) assert.ok(found.out.includes(number), 'the same numbers are shown');

  const wrong = await command('init', '--dir', relay, '--join', join(net, 'network.card'));
  assert.match(wrong.err, /the card for people/);
  const joined = await command('init', '--dir', relay, '--join', join(net, 'relay.card'));
  assert.equal(joined.code, 0, joined.err);
  assert.doesNotMatch(joined.out, /authority allow/, 'founders are admitted');
  assert.match(joined.out, /^one authority: .* alone/m);
  assert.ok(existsSync(join(relay, 'start.sh')));

  const other = join(dir, 'other');
  const card = ['--join', join(net, 'relay.card')];
  own[5] = String(Number(own[5]) + 20);
  const later = await command('init', '--dir', other, ...card, '--family', 'bob', ...own);
  assert.equal(later.code, 0, later.err);
  assert.match(later.out, /authority allow/);
  const config = ['--config', join(relay, 'authority', 'config.json')];
  const asked = join(other, 'request.json');
  const allowed = await command('authority', 'allow', asked, ...config);
  assert.match(allowed.out, /^admitted ([0-9a-f]{16}) {2}edge {2}DE {2}bob$/m);
  assert.match(allowed.out, /does not run here/);
  assert.match((await command('authority', 'allow', asked, ...config)).out, /already admitted/);
  const list = JSON.parse((await command('authority', 'list', '--json', ...config)).out);
  assert.equal(list.length, 5);
  const removed = await command('authority', 'remove', list[4].relay.slice(0, 16), ...config);
  assert.match(removed.out, /^removed .*bob$/m);
  const relayConfig = ['--config', join(other, 'edge', 'config.json')];
  assert.match((await command('authority', 'list', ...relayConfig)).err, /not-an-authority/);
  assert.match((await command('key', 'rotate', ...config)).err, /key-of-authority/);
  assert.equal((await command('key', 'rotate', ...relayConfig)).code, 0);
  assert.match((await command('key', 'rotate', ...relayConfig)).err, /key-rotating/);
  for (const verb of ['status', 'drain']) {
    const { code, err } = await command(verb, ...relayConfig);
    assert.equal(code, 1, verb);
    assert.match(err, /\((relay-not-running|relay-not-ready)\)$/);
  }
  assert.match(readFileSync(join(relay, 'network.card'), 'utf8'), /^tacet:network\/1\//);
});

test('resources are printed for each T', async () => {
  const { out } = await command('resources', '--users', '250', '--json');
  const rows = JSON.parse(out);
  assert.equal(rows.length, 8);
  const page = readFileSync(join(import.meta.dirname, '../../../docs/ops/resources.md'), 'utf8');
  assert.ok(page.includes((await command('resources')).out), 'the page shows what is printed');
});

test('completion knows commands, verbs and options', {
  skip: spawnSync('bash', ['--version']).status === 0 ? false : 'bash is not installed',
}, async () => {
  const { out } = await command('completion', 'bash');
  const complete = (...words: string[]): string[] => {
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const script = `${out}\nCOMP_WORDS=(tacet-relay ${quoted}); COMP_CWORD=${words.length}; _tacet_relay; echo "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    assert.equal(stderr, '');
    return stdout.trim().split(' ');
  };
  assert.deepEqual(complete('dr'), ['drain']);
  assert.deepEqual(complete('authority', ''), ['allow', 'list', 'remove']);
  assert.deepEqual(complete('network', 'create', '--mix'), ['--mixes-per-layer']);
  assert.deepEqual(complete('drain', '--can'), ['--cancel']);
  assert.match((await command('completion', 'fish')).out, /-l mixes-per-layer -r/);
  assert.match((await command('completion', 'zsh')).out, /bashcompinit/);
});
