import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError, nearest } from '@tacet/base';
import { parseDuration, showSpan } from '../src/duration.ts';
import { commandHelp, mainHelp } from '../src/help.ts';
import { parse } from '../src/parse.ts';
import { COMMANDS } from '../src/table.ts';

function complaint(...argv: string[]): string {
  try {
    parse(argv);
  } catch (error) {
    assert.ok(isAppError(error, 'usage'));
    return error.message;
  }
  throw new Error('accepted');
}

test('options may stand before and after the command', () => {
  const parsed = parse(['--profile', 'alice', 'send', 'bob', 'hello', '--wait', 'delivered']);
  assert.equal(parsed.command?.path, 'send');
  assert.deepEqual(parsed.args, ['bob', 'hello']);
  assert.deepEqual(parsed.options, { profile: 'alice', wait: 'delivered' });
  assert.equal(parse(['invite', 'create', '--json']).command?.path, 'invite create');
  assert.deepEqual(parse(['send', 'bob', '-']).args, ['bob', '-']);
  assert.deepEqual(parse(['send', 'bob', '--', '--wait']).args, ['bob', '--wait']);
  assert.equal(parse(['-p', 'x', 'status']).options['profile'], 'x');
});

test('mistakes are named and the likely word offered', () => {
  assert.equal(complaint('sned', 'a', 'b'), 'unknown command; did you mean tacet send?');
  assert.equal(complaint('invite', 'crate'), 'unknown command; did you mean tacet invite create?');
  assert.match(complaint('invite'), /^tacet invite needs one of: create, accept, list, revoke$/);
  assert.match(complaint('zzzzzzzz'), /see tacet help/);
  assert.equal(complaint('status', '--jsn'), 'unknown option --jsn; did you mean --json?');
  assert.equal(complaint('status', '--qqqqqqqq'), 'unknown option --qqqqqqqq');
  assert.equal(complaint('status', '--wait', 'x'), '--wait is not an option of tacet status');
  assert.equal(complaint('send', 'bob'), 'too few arguments: tacet send <contact> <text|->');
  assert.match(complaint('down', 'now'), /too many arguments/);
  assert.equal(complaint('status', '--json=yes'), '--json takes no value');
  assert.equal(complaint('status', '--profile'), '--profile needs a value');
  assert.match(complaint('status', '--profile', 'a', '--profile', 'b'), /given twice/);
});

test('there is no option that takes a passphrase as its value', () => {
  for (const command of COMMANDS) {
    for (const name of Object.keys(command.options ?? {})) assert.notEqual(name, 'passphrase');
  }
});

test('help leads with examples and shows every command', () => {
  const help = mainHelp();
  assert.ok(help.indexOf('Examples') < help.indexOf('Commands'));
  for (const command of COMMANDS) {
    assert.ok(help.includes(`  ${command.path}`), command.path);
    const own = commandHelp(command);
    assert.ok(own.indexOf('Examples') < own.indexOf('Usage'));
    for (const example of command.examples) assert.ok(own.includes(example));
  }
  assert.equal(parse(['help', 'send']).options['help'], true);
});

test('every example of a plain call parses', () => {
  for (const command of COMMANDS) {
    for (const example of command.examples) {
      if (/[|<>']/.test(example)) continue;
      const words = [...example.matchAll(/"([^"]*)"|(\S+)/g)].map((m) => m[1] ?? m[2] ?? '');
      assert.equal(parse(words.slice(1)).command?.path, command.path, example);
    }
  }
});

test('spans are read and shown', () => {
  assert.equal(parseDuration('60s'), 60_000);
  assert.equal(parseDuration('2m'), 120_000);
  assert.equal(parseDuration('1.5'), 1_500);
  assert.equal(parseDuration('250ms'), 250);
  for (const wrong of ['', 's', '-1s', '1d', '1e9']) assert.throws(() => parseDuration(wrong));
  assert.equal(showSpan(4_230), '4.2 s');
  assert.equal(showSpan(120_000), '2 min');
});

test('the nearest word is near', () => {
  assert.equal(nearest('stauts', ['status', 'start']), 'status');
  assert.equal(nearest('x', ['status']), null);
});
