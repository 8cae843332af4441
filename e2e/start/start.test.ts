/**
 * `npm start` as a person meets it: one command, two windows, a message, Ctrl-C, again. Its network is
 * a quick one; with the demonstration's own rates it starts in `ports.long.test.ts`.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { setting } from '../lib/network.ts';
import { noneRunsIn } from '../lib/running.ts';
import { FAST } from '../lib/town.ts';
import { demonstration, root, says } from './lib/demonstration.ts';

const { home, started, start, tacet, textsOfAlice, end } = demonstration();
after(end);

test('the first start makes a network and people who can talk', async () => {
  const first = start(...setting(FAST));
  await says(first, 'alice and bob know each other', 60);
  await says(first, 'both know Echo', 60);
  assert.match(first.text(), /no crowd/);
  const [, file] = /Passphrases: +(\S+)/.exec(first.text()) ?? [];
  assert.ok(existsSync(resolve(root, (file ?? '').replace('<name>', 'alice'))));
  const urls = first.text().match(/http:\/\/tacet-\w+\.localhost:\d+\/open#t=\S+/g) ?? [];
  assert.equal(urls.length, 2);
  assert.equal(statSync(home).mode & 0o777, 0o700);
  assert.equal(statSync(join(home, '.start', 'alice.passphrase')).mode & 0o777, 0o600);
});

test('a text by the command line becomes delivered, and Echo answers', async () => {
  const sent = await tacet(
    'alice',
    ...['send', 'bob', 'hello', '--wait', 'delivered', '--timeout', '60s'],
  );
  assert.deepEqual(sent, { code: 0, out: 'delivered\n', err: '' });
  assert.deepEqual(await textsOfAlice(), ['hello']);
  const listening = tacet('bob', 'listen', '--count', '1', '--json');
  await tacet('bob', 'send', 'echo', 'are you there?');
  const lines = (await listening).out.trim().split('\n');
  const last = JSON.parse(lines.at(-1) ?? '');
  assert.equal(last.contact, 'Echo');
  assert.equal(last.message.text, 'are you there?');
  assert.equal(last.message.direction, 'in');
});

test('a second start says that one runs, and ends nothing of it', async () => {
  const second = start();
  assert.equal(await second.ended, 1);
  assert.match(second.text(), /^the demonstration runs already; .*\n$/);
  assert.equal((await tacet('alice', 'status')).code, 0);
});

test('Ctrl-C ends everything it started', async () => {
  const [first] = started;
  first?.child.kill('SIGINT');
  assert.equal(await first?.ended, 0);
  await noneRunsIn(home);
});

test('it starts where it was', async () => {
  const again = start();
  // After a start content waits for the answer of an own box, a minute at most (spec 10, 7).
  await says(again, 'both know Echo', 90);
  assert.doesNotMatch(again.text(), /moved/);
  assert.deepEqual(await textsOfAlice(), ['hello']);
});

test('a child that dies is named, the rest is ended', async () => {
  const again = started.at(-1);
  assert.ok(again !== undefined);
  const pid = readdirSync('/proc').find((name) => {
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(
        join(home, '.network', 'mix-2'),
      );
    } catch {
      return false;
    }
  });
  process.kill(Number(pid), 'SIGKILL');
  assert.equal(await again.ended, 1);
  const [, log] = /mix-2 ended unexpectedly.* log: (\S+)/.exec(again.text()) ?? [];
  assert.ok(log !== undefined && existsSync(resolve(log)), again.text());
  await noneRunsIn(home);
});
