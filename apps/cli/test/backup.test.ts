/** Backups on the command line: a phrase is seen once and proven, never an argument, never on standard output. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { AppError } from '@tacet/base';
import { profileStatus } from '@tacet/testkit/views';
import { FakeDaemon } from './fake-daemon.ts';
import { behave, strict } from './harness.ts';

const PHRASE = 'legal winner thank year wave sausage worth useful legal winner thank yellow';
const WORDS = PHRASE.split(' ');
const folder = mkdtempSync(join(tmpdir(), 'tacet-cli-backup-'));
const file = join(folder, 'phrase');
writeFileSync(file, `${PHRASE}\n`, { mode: 0o600 });
const pass = join(folder, 'pass');
writeFileSync(pass, 'right\n', { mode: 0o600 });

const SET_UP = {
  phrase: true,
  folder: '/disk/alice',
  hours: 24,
  files: true,
  last: { number: 3, at: 1_700_000_000_000, bytes: 5_000_000 },
  failed: null,
  due: 1_700_086_400_000,
  running: false,
};
const NONE = { ...SET_UP, phrase: false, folder: null, last: null, due: null };
const FOUND = {
  ...{ number: 3, at: 1_700_000_000_000, profile: 'Alice\u001b[2J', contacts: 4, messages: 300 },
  ...{ files: 2, withFiles: true, bytes: 5_000_000 },
};
let plan: typeof NONE | typeof SET_UP = SET_UP;

const fake = new FakeDaemon();
before(() =>
  fake.start(
    strict({
      'backup.status': () => ({ ...plan, rolling: { kept: [1_700_000_000_000], failed: null } }),
      'backup.phrase': () => ({ phrase: PHRASE }),
      'backup.set': () => plan,
      'backup.create': () => ({ ...plan, written: 2, pieces: 34 }),
      'backup.test': ({ phrase }: { phrase: string }) => {
        if (phrase === PHRASE) return FOUND;
        throw new AppError(
          'recovery-phrase-wrong',
          'input',
          'the recovery phrase does not open it',
        );
      },
      'backup.restore': () => ({ status: profileStatus(), contents: FOUND }),
    }),
  ),
);
beforeEach(() => {
  plan = SET_UP;
});
after(() => {
  fake.stop();
  rmSync(folder, { recursive: true, force: true });
});

behave(fake, [
  {
    argv: ['backup', 'create'],
    asks: ['backup.create', { whole: false }],
    never: ['backup.set', 'backup.phrase'],
    out: /folder {2}\/disk\/alice\nevery {3}24 h, with files\nlast .* number 3, 5\.0 MB\nnext/,
    err: /^2 of 34 pieces were written\n$/,
  },
  {
    argv: ['backup', 'create', '--folder', '/disk/two', '--every', '2d', '--no-files', '--whole'],
    asks: ['backup.set', { folder: '/disk/two', hours: 48, files: false }],
    out: /folder/,
  },
  { argv: ['backup', 'create', '--every', '90m'], err: /1h to 168h/, status: 2 },
  { argv: ['backup', 'create', '--every', '8d'], err: /1h to 168h/, status: 2 },
  { argv: ['backup', 'create', '--files', '--no-files'], err: /--no-files/, status: 2 },
  { argv: ['backup', 'status'], out: /folder/ },
  { argv: ['backup', 'test'], err: /--phrase-fd or --phrase-file/, status: 4 },
  {
    argv: ['backup', 'test', '/disk/two', '--phrase-file', file],
    asks: ['backup.test', { folder: '/disk/two', phrase: PHRASE }],
    out: /^whole; it would bring back\nthe profile Alice.*\n4 contacts, 300 messages, 2 files, 5\.0 MB\n$/,
  },
  { argv: ['backup', 'test', '--phrase-file', pass], err: /does not open/, status: 4 },
  {
    argv: ['backup', 'restore', '/disk/alice', '--phrase-file', file, '--passphrase-file', pass],
    asks: ['backup.restore', { folder: '/disk/alice', phrase: PHRASE, passphrase: 'right' }],
    out: /4 contacts/,
    err: /contacts are told by itself/,
  },
  { argv: ['backup', 'restore'], err: /folder/, status: 2 },
]);

test('the first time a phrase is shown, and counts when two of its words come back', async () => {
  plan = NONE;
  const from = fake.calls.length;
  // Which words are asked for is left to chance.
  const wrong = await fake.tacet(['backup', 'create'], { secrets: ['no', 'no'] });
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /that is another word; nothing was changed/);
  const calls = () => fake.calls.slice(from).map(({ method }) => method);
  assert.deepEqual(calls(), ['backup.status', 'backup.phrase']);
  for (const word of WORDS) assert.ok(wrong.err.includes(word));
  let made = wrong;
  const pairs = WORDS.slice(0, 6).flatMap((a) =>
    WORDS.slice(6).map((b) => [a, ` ${b.toUpperCase()}`]),
  );
  for (let n = 0; made.code !== 0 && n < 5_000; n++) {
    made = await fake.tacet(['backup', 'create'], { secrets: pairs[n % pairs.length] ?? [] });
  }
  assert.equal(made.code, 0, made.err);
  assert.equal(
    WORDS.some((word) => made.out.includes(word)),
    false,
    'never on standard output',
  );
  const set = fake.calls.findLast(({ method }) => method === 'backup.set');
  assert.deepEqual(set?.params, { phrase: PHRASE });
});

test('without a terminal it goes to a file of its own, readable by nobody else, never over another', async () => {
  plan = NONE;
  const none = await fake.tacet(['backup', 'create']);
  assert.equal(none.code, 4);
  assert.match(none.err, /--save-phrase FILE/);
  const path = join(folder, 'new');
  const saved = await fake.tacet(['backup', 'create', '--save-phrase', path]);
  assert.equal(saved.code, 0, saved.err);
  assert.equal(readFileSync(path, 'utf8'), `${PHRASE}\n`);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal((saved.out + saved.err).includes('winner'), false);
  const from = fake.calls.length;
  const again = await fake.tacet(['backup', 'create', '--save-phrase', path]);
  assert.equal(again.code, 2);
  assert.ok(!fake.calls.slice(from).some(({ method }) => method === 'backup.set'));
});

test('a phrase is refused as an argument, and from a file that others can read', async () => {
  const argument = await fake.tacet(['backup', 'test', '--phrase', PHRASE]);
  assert.equal(argument.code, 2);
  const open = join(folder, 'open');
  writeFileSync(open, PHRASE, { mode: 0o644 });
  const readable = await fake.tacet(['backup', 'test', '--phrase-file', open]);
  assert.equal(readable.code, 2);
  assert.match(readable.err, /recovery phrase file must be yours/);
  const both = ['backup', 'test', '--phrase-file', file, '--phrase-fd', '3'];
  assert.equal((await fake.tacet(both)).code, 2);
});

test('why the next is not made is said, with what to do', async () => {
  plan = { ...SET_UP, failed: { code: 'backup-folder-failed', at: 1 } } as unknown as typeof SET_UP;
  const { out } = await fake.tacet(['backup', 'status']);
  assert.match(
    out,
    /not made, .*: the folder cannot be read or written; is its disk there\?\nput its disk in/,
  );
  plan = NONE;
  assert.match(
    (await fake.tacet(['backup', 'status'])).out,
    /no backup\nmake one: tacet backup create/,
  );
});
