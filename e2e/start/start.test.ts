/** `npm start` as a person meets it: one command, two windows, a message, Ctrl-C, again. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'tacet-start-'));
rmSync(home, { recursive: true });
const env = { PATH: process.env['PATH'], HOME: tmpdir(), TACET_HOME: home };
const started: Started[] = [];

interface Started {
  readonly child: ChildProcess;
  text(): string;
  readonly ended: Promise<number | null>;
}

function start(...options: string[]): Started {
  const args = [join(root, 'tools/run.mjs'), join(root, 'tools/start.ts'), '--no-open', ...options];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  const add = (chunk: Buffer) => {
    text += chunk.toString('utf8');
  };
  child.stdout.on('data', add);
  child.stderr.on('data', add);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const one = { child, text: () => text, ended };
  started.push(one);
  return one;
}

async function says(one: Started, words: string, seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1_000;
  while (!one.text().includes(words)) {
    assert.equal(one.child.exitCode, null, one.text());
    assert.ok(performance.now() < end, `not in ${seconds} s: ${words}\n${one.text()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function tacet(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const entry = join(root, 'apps/cli/bin/tacet.mjs');
  return new Promise((resolve) => {
    execFile(process.execPath, [entry, ...args], { env, timeout: 90_000 }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

/** Processes of this machine that have our folder among their arguments. */
function running(): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return /^\d+$/.test(pid) && line.includes(home) ? [line.replaceAll('\0', ' ')] : [];
    } catch {
      return [];
    }
  });
}

async function nothingRuns(): Promise<void> {
  const end = performance.now() + 10_000;
  while (running().length > 0 && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.deepEqual(running(), []);
}

after(async () => {
  for (const { child } of started) child.kill('SIGKILL');
  await nothingRuns();
  rmSync(home, { recursive: true, force: true });
});

test('the first start makes a network and people who can talk', async () => {
  const first = start();
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
    ...['--profile', 'alice', 'send', 'bob', 'hello', '--wait', 'delivered', '--timeout', '60s'],
  );
  assert.deepEqual(sent, { code: 0, out: 'delivered\n', err: '' });
  assert.deepEqual(await textsOfAlice(), ['hello']);
  const listening = tacet('-p', 'bob', 'listen', '--count', '1', '--json');
  await tacet('-p', 'bob', 'send', 'echo', 'are you there?');
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
  assert.equal((await tacet('-p', 'alice', 'status')).code, 0);
});

test('Ctrl-C ends everything it started', async () => {
  const [first] = started;
  first?.child.kill('SIGINT');
  assert.equal(await first?.ended, 0);
  await nothingRuns();
});

test('with a port taken by another program the network moves, and goes on with its people and data', async () => {
  const description = JSON.parse(readFileSync(join(home, '.network', 'network.json'), 'utf8')) as {
    processes: { name: string; ports: number[] }[];
  };
  const intruders = description.processes
    .filter(({ name }) => name === 'mix-2' || name === 'edge-1')
    .flatMap(({ ports }) => ports)
    .map((port) => createServer().listen(port, '127.0.0.1'));
  try {
    const moved = start();
    await says(moved, 'the network moved to others', 30);
    await says(moved, 'both know Echo', 30);
    assert.deepEqual(await textsOfAlice(), ['hello']);
    const sent = await tacet(
      ...['-p', 'alice', 'send', 'bob', 'moved', '--wait', 'delivered', '--timeout', '60s'],
    );
    assert.deepEqual(sent, { code: 0, out: 'delivered\n', err: '' });
  } finally {
    for (const server of intruders) server.close();
  }
});

test('a child that dies is named, the rest is ended', async () => {
  const moved = started.at(-1);
  assert.ok(moved !== undefined);
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
  assert.equal(await moved.ended, 1);
  const [, log] = /mix-2 ended unexpectedly.* log: (\S+)/.exec(moved.text()) ?? [];
  assert.ok(log !== undefined && existsSync(resolve(log)), moved.text());
  await nothingRuns();
});

test('it starts where it was; killed without a chance to clean up, it leaves nothing running', async () => {
  const again = start();
  await says(again, 'both know Echo', 30);
  assert.doesNotMatch(again.text(), /moved/);
  assert.deepEqual(await textsOfAlice(), ['hello', 'moved']);
  again.child.kill('SIGKILL');
  await nothingRuns();
});

/** What Bob has of her. */
async function textsOfAlice(): Promise<string[]> {
  const { out } = await tacet('-p', 'bob', 'message', 'list', 'alice', '--json');
  const { messages } = JSON.parse(out) as { messages: { text: string }[] };
  return messages.map(({ text }) => text);
}
