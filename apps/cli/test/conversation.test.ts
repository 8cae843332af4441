/** Search, settings, drafts, notes and tokens on the command line. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { AppError } from '@tacet/base';
import { contactView, messageView } from '@tacet/testkit/views';
import { FakeDaemon } from './fake-daemon.ts';

const CONVERSATION = {
  id: '1',
  kind: 'contact',
  name: 'bob',
  pinned: false,
  archived: false,
  mute: null,
  draft: null,
  settings: { readReceipts: false, obeyDelete: true, fetchBytes: 262_144, timer: 0 },
  unread: 0,
  lastMessage: messageView({ direction: 'in', text: 'hello', state: 'received' }),
  lastAt: 1,
};
const TOKEN = {
  id: '3',
  name: 'weather',
  scopes: ['send'],
  contacts: ['1'],
  createdAt: 1,
  expiresAt: null,
  usedAt: null,
};
const LETTER = {
  id: 'out-12',
  contactId: '1',
  direction: 'out',
  at: 1,
  reason: 'session-failed',
  why: 'It could not be encrypted.',
  what: 'Try again.',
  kind: 'edit',
  messageId: '11',
  text: 'dear\u202e Bob',
  canRetry: true,
  tries: 2,
  triedAt: 2,
  state: 'dead',
};
const SECRET = 'tacet-token-abc';

const fake = new FakeDaemon();
const paramsOf = (method: string) => fake.calls.findLast((call) => call.method === method)?.params;

before(() =>
  fake.start({
    'contact.get': ({ contact }: { contact: string }) => {
      if (contact === 'bob') return contactView();
      if (contact === 'bobby') return contactView({ id: '2', name: 'bobby' });
      throw new AppError('contact-unknown', 'missing', 'there is no contact of that name');
    },
    'contact.list': () => ({ contacts: [contactView()] }),
    'conversation.list': () => ({ conversations: [CONVERSATION] }),
    'conversation.get': () => CONVERSATION,
    'conversation.read': () => ({}),
    'conversation.pin': () => ({ ...CONVERSATION, pinned: true }),
    'conversation.archive': () => ({ ...CONVERSATION, archived: true }),
    'conversation.mute': ({ mute }: { mute: unknown }) => ({ ...CONVERSATION, mute }),
    'conversation.settings': () => CONVERSATION,
    'draft.set': ({ text }: { text: string }) => ({
      ...CONVERSATION,
      draft: text === '' ? null : { text, replyTo: null, at: 1 },
    }),
    'note.open': () => ({ ...CONVERSATION, id: '9', kind: 'self' }),
    'message.list': () => ({
      messages: [
        messageView({ text: 'buy bread' }),
        messageView({ direction: 'in', state: 'received', text: 'hi @you', mentioned: true }),
      ],
    }),
    'message.send': () => messageView({ state: 'received' }),
    'message.edit': () => messageView(),
    'message.around': () => ({ messages: [messageView({ id: '5' })], older: true, newer: false }),
    'message.pin': () => ({}),
    'message.pins': () => ({ messages: [messageView()] }),
    'letter.list': () => ({ letters: [LETTER] }),
    'letter.ofContact': () => ({ letters: [] }),
    'letter.retry': () => ({ ...LETTER, state: 'retried' }),
    'letter.dismiss': () => ({}),
    'search.find': () => ({
      hits: [
        {
          ...{ id: '7', contactId: '1', direction: 'in', sentAt: 1 },
          excerpt: { text: 'a red apple', cutBefore: true, cutAfter: false, marks: [[2, 3]] },
        },
      ],
      next: '6',
    }),
    'token.create': () => ({ token: TOKEN, secret: SECRET }),
    'token.list': () => ({ tokens: [TOKEN] }),
    'token.revoke': () => ({}),
    auth: ({ token }: { token: string }) => {
      if (token === SECRET) return TOKEN;
      throw new AppError('token-invalid', 'refused', 'that is no token of this profile any more');
    },
  }),
);
after(() => fake.stop());

describe('search', () => {
  test('words and filters reach the daemon, hits are one line each', async () => {
    const line = ['search', 'red', '"at nine"', '--contact', 'bob', '--in', '--links'];
    const { code, out, err } = await fake.tacet([...line, '--from', '2026-11-01']);
    assert.equal(code, 0);
    assert.match(out, /^#7 {2}.* {2}bob: \.\.\.a red apple\n$/);
    assert.match(err, /--before 6/);
    assert.deepEqual(paramsOf('search.find'), {
      ...{ text: 'red "at nine"', limit: 20, contacts: ['1'], direction: 'in', link: true },
      from: new Date('2026-11-01T00:00').getTime(),
    });
  });

  test('as JSON: places, no markup', async () => {
    const { out } = await fake.tacet(['search', 'red', '--json']);
    const { schema, hits, next } = JSON.parse(out);
    assert.deepEqual([schema, hits[0].excerpt.marks, next], [1, [[2, 3]], '6']);
  });

  test('what it does not take is a usage error', async () => {
    for (const wrong of [
      ['--kind', 'x'],
      ['--in', '--out'],
      ['--limit', '0'],
      ['--from', '2026-13-40'],
    ]) {
      assert.equal((await fake.tacet(['search', 'x', ...wrong])).code, 2, wrong.join(' '));
    }
    assert.equal((await fake.tacet(['search', 'x', '--contact', 'nobody'])).code, 5);
  });

  test('around a message', async () => {
    const { out } = await fake.tacet(['message', 'around', '5']);
    assert.match(out, /^> #5 /);
  });
});

test('settings of a conversation', async () => {
  assert.match((await fake.tacet(['conversation', 'list'])).out, /bob .*hello/);
  assert.match((await fake.tacet(['conversation', 'pin', 'bob'])).out, /pinned +on/);
  assert.match((await fake.tacet(['conversation', 'archive', 'bob', '--off'])).out, /archived/);
  assert.deepEqual(paramsOf('conversation.archive'), { contactId: 'bob', archived: false });
  const mute = await fake.tacet(['conversation', 'mute', 'bob', '--for', '8h', '--mentions']);
  assert.match(mute.out, /mute +until .*, but for mentions/);
  assert.match((await fake.tacet(['conversation', 'read', 'bob'])).out, /pinned +off/);
  assert.deepEqual(paramsOf('conversation.read'), { contactId: 'bob' });
  await fake.tacet(['conversation', 'settings', 'bob', '--read-receipts', 'on']);
  assert.deepEqual(paramsOf('conversation.settings'), { contactId: 'bob', readReceipts: true });
  for (const [size, fetchBytes] of [
    ['2.5MB', 2_500_000],
    ['300kB', 300_000],
    ['1000', 1_000],
    ['off', 0],
  ] as const) {
    const shown = await fake.tacet(['conversation', 'settings', 'bob', '--fetch', size]);
    assert.match(shown.out, /fetch +262\.1 kB/);
    assert.deepEqual(paramsOf('conversation.settings'), { contactId: 'bob', fetchBytes });
  }
  for (const wrong of ['--obey-delete=perhaps', '--fetch=much', '--fetch=1.0001kB', '--fetch=-1']) {
    const { code } = await fake.tacet(['conversation', 'settings', 'bob', wrong]);
    assert.equal(code, 2, wrong);
  }
});

test('drafts, notes, pins', async () => {
  assert.equal((await fake.tacet(['draft', 'bob', 'dear Bob'])).out, 'dear Bob\n');
  assert.equal((await fake.tacet(['draft', 'bob', '--clear'])).out, 'no draft\n');
  assert.equal((await fake.tacet(['note', '-'], { stdin: 'buy bread\n' })).out, 'kept\n');
  assert.deepEqual(Object.entries(paramsOf('message.send') ?? {}).slice(0, 2), [
    ['contactId', '9'],
    ['text', 'buy bread'],
  ]);
  assert.match((await fake.tacet(['note'])).out, /buy bread/);
  assert.equal((await fake.tacet(['message', 'pin', '5', '--off'])).out, 'unpinned\n');
  assert.match((await fake.tacet(['message', 'pins', 'bob'])).out, /^#1 /);
});

test('dead letters: why, what can be done, and doing it', async () => {
  const { out } = await fake.tacet(['letter', 'list']);
  assert.match(
    out,
    /^out-12 .* an edit to bob: dear<U\+202E> Bob\n {4}It could not be encrypted\./,
  );
  assert.match(
    out,
    /Try again\.\n {4}tried again 2 times, last .*\n {4}tacet letter retry out-12\n/,
  );
  assert.equal((await fake.tacet(['letter', 'list', 'bob'])).out, 'no dead letters\n');
  assert.deepEqual(paramsOf('letter.ofContact'), { contactId: '1' });
  const json = JSON.parse((await fake.tacet(['letter', 'list', '--json'])).out);
  assert.deepEqual([json.schema, json.letters[0].reason], [1, 'session-failed']);
  assert.match((await fake.tacet(['letter', 'retry', 'out-12'])).out, /on its way again/);
  assert.equal((await fake.tacet(['letter', 'dismiss', 'out-12'])).out, 'dismissed\n');
  assert.equal((await fake.tacet(['letter', 'retry'])).code, 2);
});

describe('mentions', () => {
  const mentioned = () =>
    (paramsOf('message.send') as { mentions?: { start: number; length: number; who: object }[] })
      ?.mentions;

  test('each place of each name, in order and in code points; a longer name is not a shorter', async () => {
    const text = '🙂 @bobby and @bob, @bob!';
    const sent = await fake.tacet(['send', 'bob', text, '--mention', 'bob, bobby']);
    assert.equal(sent.code, 0, sent.err);
    const [bob, bobby] = [{ contactId: '1' }, { contactId: '2' }];
    assert.deepEqual(mentioned(), [
      { start: 2, length: 6, who: bobby },
      { start: 13, length: 4, who: bob },
      { start: 19, length: 4, who: bob },
    ]);
    assert.equal((await fake.tacet(['edit', '1', '@bob', '--mention', '@bob'])).code, 0);
    const edited = paramsOf('message.edit') as { mentions?: unknown } | undefined;
    assert.deepEqual(edited?.mentions, [{ start: 0, length: 4, who: bob }]);
    await fake.tacet(['send', 'bob', '@bob']);
    assert.equal(mentioned(), undefined, 'none unless asked for');
  });

  test('a name that the text does not say, or of nobody, sends nothing', async () => {
    const calls = fake.calls.length;
    for (const [text, names] of [
      ['hello', 'bob'],
      ['@bobby', 'bobby,bob'],
      ['@bob', ''],
      ['@zoe', 'zoe'],
    ] as const) {
      const { code } = await fake.tacet(['send', 'bob', text, '--mention', names]);
      assert.ok(code === 2 || code === 5, `${text} ${names}: ${code}`);
    }
    assert.ok(!fake.calls.slice(calls).some(({ method }) => method === 'message.send'));
  });

  test('a message that mentions this profile says so', async () => {
    assert.match((await fake.tacet(['message', 'list', 'bob'])).out, /hi @you\n +mentions you/);
  });
});

describe('tokens', () => {
  test('one is printed once, or written to a file of its owner', async () => {
    const line = ['token', 'create', 'weather', '--scope', 'send', '--contacts', 'bob'];
    assert.equal((await fake.tacet(line)).out, `${SECRET}\n`);
    const file = join(fake.home, 'weather.token');
    const { out } = await fake.tacet([...line, '--file', file]);
    assert.equal(out.includes(SECRET), false);
    assert.equal(readFileSync(file, 'utf8'), `${SECRET}\n`);
    const calls = fake.calls.length;
    assert.equal((await fake.tacet([...line, '--file', file])).code, 2);
    assert.equal(
      fake.calls.slice(calls).some(({ method }) => method === 'token.create'),
      false,
      'no token is made that cannot be written down',
    );
    assert.equal((await fake.tacet(['token', 'create', 'x', '--scope', 'all'])).code, 2);
    assert.match((await fake.tacet(['token', 'list'])).out, /3 +weather +send +1 +never +never/);
    assert.equal((await fake.tacet(['token', 'revoke', '3'])).out, 'revoked\n');
    assert.equal(existsSync(file), true);
  });

  test('--token-file speaks first, and only with a file of its owner', async () => {
    const file = join(fake.home, 'bot.token');
    writeFileSync(file, `${SECRET}\n`, { mode: 0o600 });
    const calls = fake.calls.length;
    assert.equal((await fake.tacet(['--token-file', file, 'token', 'list'])).code, 0);
    assert.equal(fake.calls[calls]?.method, 'auth');
    writeFileSync(join(fake.home, 'open.token'), SECRET, { mode: 0o644 });
    const open = await fake.tacet(['note', '--token-file', join(fake.home, 'open.token')]);
    assert.deepEqual([open.code, /chmod 600/.test(open.err)], [2, true]);
    writeFileSync(file, 'tacet-token-other\n');
    const refused = await fake.tacet(['note', '--token-file', file]);
    assert.deepEqual([refused.code, /no token/.test(refused.err)], [7, true]);
    assert.equal(refused.err.includes('tacet-token'), false);
  });
});
