/**
 * What people do in conversations, through the real command line and a real daemon with its store:
 * in the notes to self, which take all of it and need no network.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tacetIn } from './fake-daemon.ts';

const home = mkdtempSync(join(tmpdir(), 'tacet-verbs-'));
const bin = fileURLToPath(new URL('../bin/tacet.mjs', import.meta.url));
const env = { ...process.env, TACET_HOME: home };
/** Of the notes to self. */
let notes = '';

before(async () => {
  const passphrase = join(home, 'passphrase');
  writeFileSync(passphrase, 'a long enough one\n', { mode: 0o600 });
  const argv = [bin, 'profile', 'create', 'Alice', '--passphrase-file', passphrase];
  assert.equal(spawnSync(process.execPath, argv, { env }).status, 0);
  notes = String((await json('rpc', 'note.open'))['id']);
});
after(() => {
  spawnSync(process.execPath, [bin, 'down'], { env });
  rmSync(home, { recursive: true, force: true });
});

interface Step {
  /** Words of the command line; `#1` is the id of the first note, `@` the conversation. */
  readonly say: readonly string[];
  readonly stdin?: string;
  /** What is shown, or what is said with another exit code. */
  readonly shows: RegExp;
  readonly code?: number;
}

async function json(...argv: readonly string[]): Promise<Record<string, unknown>> {
  const { code, out, err } = await tacetIn(home, [...argv, '--json']);
  assert.equal(code, 0, `${argv.join(' ')}: ${err}`);
  return JSON.parse(out.split('\n')[0] ?? '') as Record<string, unknown>;
}

/** Ids of the lines of the notes, the first one first. */
async function ids(): Promise<string[]> {
  const { messages } = await json('message', 'list', notes);
  return (messages as { id: string }[]).map(({ id }) => id);
}

/** Each by itself, and once more as JSON where that does nothing twice. */
async function steps(all: readonly Step[]): Promise<void> {
  for (const { say, stdin, shows, code = 0 } of all) {
    const lines = await ids();
    const words = say.map((word) =>
      word === '@' ? notes : word.replace(/^#(\d+)$/, (_, n) => lines[Number(n) - 1] ?? 'none'),
    );
    const found = await tacetIn(home, words, stdin === undefined ? {} : { stdin });
    assert.equal(found.code, code, `${say.join(' ')}: ${found.err}`);
    assert.match(code === 0 ? found.out : found.err, shows, say.join(' '));
  }
}

test('notes: written, listed, shown, answered', () =>
  steps([
    { say: ['note', 'buy bread'], shows: /^kept$/m },
    { say: ['note', '-'], stdin: 'call Zoë\n', shows: /^kept$/m },
    { say: ['note'], shows: /buy bread[\s\S]*call Zoë/ },
    { say: ['message', 'list', '@', '--ids'], shows: /#\d+ .*buy bread/ },
    { say: ['message', 'show', '#1'], shows: /buy bread[\s\S]*saved/ },
    { say: ['message', 'show', '99'], shows: /no such message/, code: 5 },
    { say: ['note', '-'], stdin: '', shows: /no text/, code: 2 },
    { say: ['send', '@', 'rye', '--reply', '#1'], shows: /^/ },
    { say: ['note'], shows: /rye\n +answers you: buy bread/ },
    { say: ['delete', '#3'], shows: /deleted here/ },
  ]));

test('reactions, edits, deletes', () =>
  steps([
    { say: ['react', '#1', '👍'], shows: /reactions: you 👍/ },
    { say: ['react', '#1', 'ok'], shows: /reactions: you ok$/m },
    { say: ['react', '#1', '-'], shows: /buy bread$/m },
    { say: ['react', '#1', 'x'.repeat(65)], shows: /one emoji/, code: 2 },
    { say: ['react', '#1'], shows: /argument|usage|missing/i, code: 2 },
    { say: ['edit', '#1', 'buy butter'], shows: /buy butter[\s\S]*edited/ },
    { say: ['edit', '#1', '-'], stdin: 'buy both', shows: /buy both/ },
    { say: ['message', 'history', '#1'], shows: /buy bread[\s\S]*buy butter[\s\S]*buy both/ },
    { say: ['edit', '#1', ''], shows: /no text/, code: 2 },
    { say: ['note', 'to be deleted'], shows: /kept/ },
    { say: ['delete', '#3', '--for-everyone'], shows: /deleted here/ },
    { say: ['note'], shows: /\(deleted\)/ },
    { say: ['conversation', 'list'], shows: /\(deleted\)/ },
    { say: ['react', '#3', '👍'], shows: /deleted/, code: 7 },
    { say: ['delete', '#3'], shows: /deleted here/ },
    { say: ['delete', '99'], shows: /no such message/, code: 5 },
  ]));

test('pins, drafts, order, mute, archive, settings', () =>
  steps([
    { say: ['message', 'pin', '#1'], shows: /^pinned$/m },
    { say: ['message', 'pins', '@'], shows: /^#\d+ .*buy both/m },
    { say: ['message', 'pin', '#1', '--off'], shows: /^unpinned$/m },
    { say: ['message', 'pins', '@'], shows: /^$/ },
    { say: ['draft', '@', 'dear me'], shows: /^dear me$/m },
    { say: ['draft', '@', '--reply', '#1', '-'], stdin: 'dear all', shows: /^dear all/m },
    { say: ['draft', '@'], shows: /dear all/ },
    { say: ['draft', '@', '--clear'], shows: /no draft/ },
    { say: ['conversation', 'pin', '@'], shows: /pinned +on/ },
    { say: ['conversation', 'list'], shows: /pinned/ },
    { say: ['conversation', 'archive', '@'], shows: /pinned +off\narchived +on/ },
    { say: ['conversation', 'list', '--archived'], shows: /call Zoë/ },
    { say: ['conversation', 'archive', '@', '--off'], shows: /archived +off/ },
    {
      say: ['conversation', 'mute', '@', '--for', '8h', '--mentions'],
      shows: /mute +until .*mentions/,
    },
    { say: ['conversation', 'mute', '@', '--off'], shows: /mute +off/ },
    { say: ['conversation', 'read', '@'], shows: /read-receipts +off/ },
    { say: ['conversation', 'settings', '@', '--obey-delete', 'off'], shows: /obey-delete +off/ },
    { say: ['conversation', 'settings', '@', '--read-receipts', 'on'], shows: /read-receipts +on/ },
    { say: ['conversation', 'settings', '@', '--obey-delete', 'no'], shows: /on or off/, code: 2 },
    { say: ['conversation', 'pin', 'nobody'], shows: /no contact/, code: 5 },
  ]));

test('timers', () =>
  steps([
    { say: ['timer', '@'], shows: /^off$/m },
    { say: ['timer', '@', '1d'], shows: /disappear 1 day/ },
    { say: ['timer', '@'], shows: /^86400 s$/m },
    { say: ['note', 'for a day'], shows: /kept/ },
    { say: ['note'], shows: /for a day[\s\S]*disappears/ },
    { say: ['timer', '@', 'off'], shows: /no longer disappear/ },
    { say: ['timer', '@', '400d'], shows: /year/, code: 2 },
  ]));

test('search', () =>
  steps([
    { say: ['search', 'buy'], shows: /both/ },
    { say: ['search', 'zoe'], shows: /Zoë/ },
    { say: ['search', 'bread'], shows: /nothing found/ },
    { say: ['search', '"both buy"'], shows: /nothing found/ },
    { say: ['search', 'buy', '--in'], shows: /nothing found/ },
    { say: ['message', 'around', '#1'], shows: /^> #/m },
    { say: ['search', ''], shows: /./, code: 2 },
  ]));

test('dead letters: none here, and none by that name', () =>
  steps([
    { say: ['letter', 'list'], shows: /no dead letters/ },
    { say: ['letter', 'retry', 'out-1'], shows: /no such dead letter/, code: 5 },
    { say: ['letter', 'dismiss', 'in-1'], shows: /no such dead letter/, code: 5 },
    { say: ['status'], shows: /outbox +0(?![\s\S]*letters)/ },
  ]));

test('events: each consumer from its own place; tokens see what they may', async () => {
  const { newest } = await json('rpc', 'events.position');
  const file = join(home, 'bot.token');
  const made = await tacetIn(home, [
    ...['token', 'create', 'bot', '--scope', 'read', '--contacts', notes, '--file', file],
  ]);
  assert.equal(made.code, 0, made.err);
  const list = await tacetIn(home, ['token', 'list']);
  assert.match(list.out, /bot +read/);
  await tacetIn(home, ['note', 'an event']);
  const params = (cursor: number) => JSON.stringify({ cursor, max: 50, waitMs: 0 });
  const mine = await json('rpc', 'events.read', params(Number(newest)));
  assert.ok((mine['events'] as unknown[]).length > 0);
  const bot = await json('--token-file', file, 'rpc', 'events.read', params(0));
  const cursors = (bot['events'] as { cursor: number }[]).map(({ cursor }) => cursor);
  assert.deepEqual(
    cursors,
    cursors.map((_, n) => n + 1),
    'its own count',
  );
  const refused = await tacetIn(home, ['--token-file', file, 'note', 'x']);
  assert.equal(refused.code, 7);
  await steps([
    { say: ['token', 'revoke', '1'], shows: /revoked/ },
    { say: ['token', 'revoke', '1'], shows: /no such token/, code: 5 },
    { say: ['--token-file', file, 'note'], shows: /no token/, code: 7 },
  ]);
});
