/**
 * Tokens over all methods: whatever lies outside scopes and contacts is refused with one code, and
 * nothing of others stands in any answer. A method without a declared reach does not compile.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type MethodName, methods, REACH, type TokenScope, type TokenView } from '@tacet/api';
import { AppError, isAppError } from '@tacet/base';
import { Client, prepareProfile } from '@tacet/client';
import { createFakeSession, MemoryStore, seededRng } from '@tacet/testkit';
import { plainBuilder } from '@tacet/testkit/model';
import { type Caller, Daemon } from '../../src/daemon/index.ts';
import { environment, FakeVault } from './fakes.ts';
import { sample } from './sample.ts';

const MARK = 'zebrasecret';
const NAMES = Object.keys(methods) as MethodName[];
/** Values of fields that say where to begin and how much to show. */
const NUMBERS: Readonly<Record<string, number>> = {
  cursor: 0,
  waitMs: 0,
  max: 100,
  limit: 100,
  size: 1,
};
/** Methods that show nothing of anybody and have nothing to work on here: what they say instead. */
const IDLE: Readonly<Record<string, string>> = {
  'file.put': 'upload-unknown',
  'picture.remake': 'upload-unknown',
  'voice.remake': 'upload-unknown',
  'file.preview': 'file-rhythm',
};
const owner: Caller = { kind: 'socket' };
const code = (wanted: string) => (error: unknown) => isAppError(error, wanted);

async function scene(t: TestContext) {
  const store = new MemoryStore();
  const rng = seededRng('tokens');
  await prepareProfile(store, createFakeSession(rng), rng, { name: 'alice' });
  const vault = new FakeVault();
  let client: Client | null = null;
  const daemon = new Daemon({
    handle: 'alice',
    dir: '/nowhere/alice',
    version: '0.1.0',
    environment: environment(),
    vault,
    dial: () => Promise.reject(new AppError('link-refused', 'network', 'no')),
    prepare: async () => {},
    fill: async () => {},
    openPerson: (_, now) => {
      client = Client.open({ store, builder: plainBuilder, rng }, now);
      return client;
    },
    runJob: () => Promise.reject(new Error('no network here')),
    prepareCover: () => Promise.reject(new Error('no full lock here')),
    collectFreed: () => {},
    fillFreed: () => [],
    pictures: { remake: () => Promise.reject(new Error('no pictures here')) },
    window: () => null,
    onStop: () => {},
  });
  t.after(() => daemon.stop());
  await daemon.call('profile.create', { name: 'Alice', passphrase: 'right' }, owner);
  for (const name of ['ann', `bob ${MARK}`]) {
    store.run(
      `INSERT INTO contacts (name, given_name, trust, state, ready_at, created_at, touched_at)
       VALUES (?, ?, 'link', 'ready', 1, 1, 1)`,
      name,
      name,
    );
  }
  const send = (contactId: string, text: string, clientId: string) =>
    daemon.call('message.send', { contactId, text, clientId }, owner) as Promise<{ id: string }>;
  const seen = await send('1', 'for ann', 'a');
  const hidden = await send('2', MARK, 'b');
  // It could not be sent: a dead letter.
  store.run("UPDATE messages SET state = 'failed' WHERE id = ?", Number(hidden.id));
  store.run('INSERT INTO failures (message_id, at) VALUES (?, 1)', Number(hidden.id));
  const token = async (scopes: TokenScope[], contacts?: string[]) => {
    const params = { name: 'bot', scopes, ...(contacts === undefined ? {} : { contacts }) };
    const made = await daemon.call('token.create', params, owner);
    return made as { token: TokenView; secret: string };
  };
  const bot = ({ token: { id, contacts } }: { token: TokenView }): Caller => ({
    kind: 'socket',
    token: { id, contacts },
  });
  return { store, daemon, token, bot, seen, hidden };
}

const ALL: TokenScope[] = ['read', 'send', 'contacts', 'admin'];

test('each scope: every method of another one is refused before its parameters are looked at', async (t) => {
  const { daemon, token, bot, store } = await scene(t);
  for (const scope of ALL) {
    for (const name of NAMES.filter((one) => methods[one].scope !== scope)) {
      // A bucket a method, so that no refusal is one of the rate.
      const caller = bot(await token([scope]));
      const before = store.writes;
      await assert.rejects(daemon.call(name, { nonsense: 1 }, caller), code('token-refused'), name);
      assert.equal(store.writes, before, name);
      await daemon.call('token.revoke', { id: caller.token?.id }, owner);
    }
  }
});

test('no token, whatever its scopes, unlocks, opens windows or makes tokens', () => {
  const never = NAMES.filter((name) => methods[name].scope === 'owner');
  assert.deepEqual(never.sort(), [
    'backup.create',
    'backup.phrase',
    'backup.restore',
    'backup.set',
    'backup.test',
    'profile.create',
    'profile.idle',
    'profile.lock',
    'profile.reseal',
    'profile.resume',
    'profile.salvage',
    'profile.unlock',
    'profile.wipe',
    'token.create',
    'token.list',
    'token.revoke',
    'vault.add',
    'vault.duress',
    'window.heartbeat',
    'window.open',
  ]);
});

test('a method that names somebody says so', () => {
  const naming = /^(contact|contactId|messageId)$/;
  for (const name of NAMES) {
    const fields = Object.keys(methods[name].params.entries);
    const { about } = REACH[name];
    const names = fields.some((field) => naming.test(field));
    const one = about === 'contact' || about === 'message' || about === 'letter';
    if (names) assert.ok(one || about === 'all', name);
    if (one) {
      const { param } = REACH[name] as { param: string };
      assert.ok(fields.includes(param), name);
    }
  }
});

test('limited to one contact: of another nothing is shown, done or said, by any method', async (t) => {
  const { daemon, token, bot, seen, hidden, store } = await scene(t);
  const shown = new Set<string>();
  for (const name of NAMES) {
    if (['daemon.stop', 'auth'].includes(name) || methods[name].scope === 'owner') continue;
    const { about } = REACH[name];
    for (const target of ['2', `bob ${MARK}`, 'nobody', '99']) {
      const named = (field: string): unknown => {
        if (/^(contact|contactId)$/.test(field)) return target;
        if (/^(id|messageId)$/.test(field))
          return about === 'letter' ? `out-${hidden.id}` : about === 'message' ? hidden.id : target;
        if (field === 'consumer') return 'bot';
        if (field === 'text') return MARK;
        if (field in NUMBERS) return NUMBERS[field];
        if (field === 'card' || field === 'link') return 'tacet:x';
        if (field === 'bytes') return 'AAAA';
        return undefined;
      };
      const params = sample(methods[name].params, named);
      const caller = bot(await token(ALL, ['ann']));
      const before = store.writes;
      const outcome = await daemon.call(name, params, caller).then(
        (answer) => JSON.stringify(answer),
        (error: unknown) => error,
      );
      if (name in IDLE) {
        assert.ok(isAppError(outcome, IDLE[name] ?? ''), `${name}: ${String(outcome)}`);
      } else if (about === 'nothing' || about === 'listed') {
        if (typeof outcome !== 'string') assert.fail(`${name}: ${String(outcome)}`);
        assert.equal(outcome.includes(MARK), false, name);
        assert.equal(/"contactId":"2"|"subject":"2"/.test(outcome), false, name);
      } else {
        assert.ok(isAppError(outcome, 'token-refused'), `${name}: ${String(outcome)}`);
        assert.equal(store.writes, before, name);
      }
      await daemon.call('token.revoke', { id: caller.token?.id }, owner);
    }
    // The control: without a token the same methods do show it.
    if (about !== 'listed') continue;
    const params = sample(methods[name].params, (field) =>
      field === 'text' ? MARK : NUMBERS[field],
    );
    if (/"2"|zebra/.test(JSON.stringify(await daemon.call(name, params, owner)))) shown.add(name);
  }
  assert.deepEqual([...shown].sort(), [
    'contact.list',
    'conversation.list',
    'events.read',
    'letter.list',
    'search.find',
  ]);
  const caller = bot(await token(ALL, ['ann']));
  const mine = await daemon.call('message.get', { id: seen.id }, caller);
  assert.equal((mine as { text: string }).text, 'for ann');
  await assert.rejects(
    daemon.call('search.find', { text: 'x', contacts: [`bob ${MARK}`], limit: 5 }, caller),
    code('token-refused'),
  );
});

test('limited to one contact: its answers do not tell who else is a contact', async (t) => {
  const { daemon, token, bot, store, seen, hidden } = await scene(t);
  const hash = new Uint8Array(32).fill(9);
  store.run('UPDATE contacts SET key_set_hash = ? WHERE id = 2', hash);
  const text = 'ask @bob';
  const mentions = [{ start: 4, length: 4, who: { contactId: '2' } }];
  const params = { contactId: '1', text, clientId: 'm', mentions };
  await daemon.call('message.send', params, owner);
  store.run(
    `INSERT INTO trust_facts (contact_id, at, what, level, by_id, by_name)
     VALUES (1, 1, 'introduced', 'introduced', 2, ?)`,
    `bob ${MARK}`,
  );
  store.run("UPDATE contacts SET trust = 'introduced' WHERE id = 1");
  const caller = bot(await token(ALL, ['ann']));
  const asked = [
    ['message.list', { contactId: '1', limit: 9 }],
    ['conversation.get', { contactId: '1' }],
    ['contact.get', { contact: '1' }],
    ['contact.list', {}],
    ['contact.trust', { contactId: '1' }],
  ] as const;
  const tells = /"contactId":"2"|"byId":"2"|zebra/;
  for (const [name, about] of asked) {
    const answer = JSON.stringify(await daemon.call(name, about, caller));
    assert.equal(tells.test(answer), false, `${name}: ${answer}`);
    const whole = JSON.stringify(await daemon.call(name, about, owner));
    assert.ok(tells.test(whole), `control: ${name}`);
  }
  // A message of another conversation is no place in this one, and no more there than none at all.
  for (const before of [hidden.id, '99']) {
    await assert.rejects(
      daemon.call('message.list', { contactId: '1', limit: 9, before }, caller),
      code('message-unknown'),
    );
  }
  await daemon.call('message.list', { contactId: '1', limit: 9, before: seen.id }, caller);
});

test('limited to one contact: cursors stand still while others write', async (t) => {
  const { daemon, token, bot } = await scene(t);
  const caller = bot(await token(ALL, ['ann']));
  const position = (who: Caller) =>
    daemon.call('events.position', { consumer: 'main' }, who) as Promise<{ newest: number }>;
  const read = (who: Caller, cursor: number) =>
    daemon.call('events.read', { cursor, max: 9, waitMs: 0 }, who) as Promise<{
      cursor: number;
      events: { cursor: number; subject: string }[];
    }>;
  const [before, all] = [await position(caller), await position(owner)];
  await daemon.call('message.send', { contactId: '2', text: 'x', clientId: 'n' }, owner);
  assert.deepEqual(await position(caller), before);
  assert.ok((await position(owner)).newest > all.newest, 'control: something happened');
  const { newest } = before;
  assert.deepEqual(
    [(await read(caller, newest)).cursor, (await read(caller, newest)).events],
    [newest, []],
  );
  await daemon.call('message.send', { contactId: '1', text: 'y', clientId: 'm' }, owner);
  const next = await read(caller, newest);
  assert.equal(next.events[0]?.cursor, newest + 1);
  await daemon.call('events.ack', { consumer: 'main', cursor: next.cursor }, caller);
  assert.deepEqual(await position(caller), { newest: next.cursor, acknowledged: next.cursor });
});

test('client ids and consumers of two bots and of windows are apart', async (t) => {
  const { daemon, token, bot } = await scene(t);
  const callers: Caller[] = [
    bot(await token(ALL)),
    bot(await token(ALL)),
    { kind: 'window', session: 'w' },
    { kind: 'socket' },
    { kind: 'inside' },
  ];
  const send = (caller: Caller) =>
    daemon.call('message.send', { contactId: '1', text: 'hi', clientId: 'same' }, caller);
  const ids = new Set<string>();
  for (const caller of [...callers, ...callers])
    ids.add(((await send(caller)) as { id: string }).id);
  assert.equal(ids.size, callers.length);
  const [first, second] = callers;
  assert.ok(first && second);
  await daemon.call('events.ack', { consumer: 'main', cursor: 3 }, first);
  const place = await daemon.call('events.position', { consumer: 'main' }, second);
  assert.equal((place as { acknowledged: number }).acknowledged, 0);
});

test('a call that waits ends when its token is revoked or expires, and shows nothing', async (t) => {
  const { daemon, token, bot } = await scene(t);
  const made = await token(['read']);
  const caller = bot(made);
  const { newest } = (await daemon.call('events.position', {}, caller)) as { newest: number };
  const waiting = daemon.call('events.read', { cursor: newest, max: 9, waitMs: 5_000 }, caller);
  const ended: string[] = [];
  daemon.onTokenEnd(made.token.id, () => ended.push(made.token.id));
  await daemon.call('token.revoke', { id: made.token.id }, owner);
  assert.deepEqual(ended, [made.token.id]);
  await daemon.call('message.send', { contactId: '2', text: MARK, clientId: 'x' }, owner);
  await assert.rejects(waiting, code('token-invalid'));
  await assert.rejects(daemon.call('contact.list', {}, caller), code('token-invalid'));
});

test('many calls at once are too many for a token, and only for that one', async (t) => {
  const { daemon, token, bot } = await scene(t);
  const busy = bot(await token(['read']));
  const other = bot(await token(['read']));
  const calls = Array.from({ length: 150 }, () => daemon.call('contact.list', {}, busy));
  const refused = (await Promise.allSettled(calls)).filter(
    (one) => one.status === 'rejected' && isAppError(one.reason, 'token-rate'),
  );
  assert.ok(refused.length >= 40 && refused.length <= 50, String(refused.length));
  await daemon.call('contact.list', {}, other);
});

test('a locked profile knows no tokens', async (t) => {
  const { daemon, token, bot } = await scene(t);
  const made = await token(ALL);
  await daemon.call('profile.lock', {}, owner);
  for (const name of ['status', 'contact.list', 'daemon.stop']) {
    await assert.rejects(daemon.call(name, {}, bot(made)), code('locked'));
  }
  await assert.rejects(daemon.call('auth', { token: made.secret }, owner), code('locked'));
});
