/**
 * What stands in the memory of a daemon that is fully locked: no name, text or key of its profile. The same
 * search finds them before the lock and after unlocking.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildWindow } from '@tacet/web/build';
import type { DaemonProcess } from '../lib/daemon.ts';
import { introduce } from '../lib/meet.ts';
import { sleep } from '../lib/program.ts';
import { FAST, Town } from '../lib/town.ts';
import { formsOf, locateInMemory, type Pattern } from '../relay/lib/memory.ts';
import { canary } from '../seizure/canaries.ts';
import { openedBy, rowsOf } from '../seizure/store.ts';
import { post } from '../window/lib/raw.ts';

const skip = process.platform === 'linux' ? false : 'memory of processes is read through /proc';
const PATIENCE = 120_000;
/** Each with words of its own, over sessions that went on meanwhile. */
const LOCKS = Number(process.env['TACET_LOCKS'] ?? 5);
/** Of a contact. It is no secret, but says who was known. */
const PUBLIC = 'public key of the contact';
const WORDS = ['own name', 'contact name', 'sent', 'received', 'draft', 'label', 'searched'];
const KEYS = [
  'database key',
  'root secret',
  'signing seed',
  'own public key',
  'record identity',
  'record session',
];

/** A word, as a program may keep it. */
function word(name: string, text: string): Pattern[] {
  return [
    { name, bytes: Buffer.from(text) },
    { name, bytes: Buffer.from(text, 'utf16le') },
  ];
}

/** A key, and its second half: 15 bytes each. */
function key(name: string, bytes: Uint8Array): Pattern[] {
  return formsOf(name, bytes).map(({ bytes: form }) => ({ name, bytes: form }));
}

/**
 * All of a record that chance made, from its end on. The rest of it (names of fields, lengths, what is empty: a
 * session's may end in `1a 00` sixteen times over) is the same in every profile, and tells nothing of this one.
 */
function piecesOf(name: string, record: Uint8Array): Pattern[] {
  const pieces: Pattern[] = [];
  for (let end = record.length; end >= 30; end -= 30) {
    const piece = record.subarray(end - 30, end);
    const halves = [piece.subarray(0, 15), piece.subarray(15)];
    if (halves.every((half) => new Set(half).size >= 12)) pieces.push(...key(name, piece));
  }
  return pieces;
}

async function keysOf(who: DaemonProcess, keychain: string): Promise<Pattern[]> {
  const secrets = readdirSync(keychain).map((name) => readFileSync(join(keychain, name)));
  const secret = secrets.find((one) => openedBy(who.profile, one) !== null);
  assert.ok(secret !== undefined);
  const { databaseKey } = openedBy(who.profile, secret) ?? assert.fail('no key');
  const settings = await rowsOf(who.profile, secret, 'SELECT name, value FROM settings');
  const named = (name: string): Uint8Array => {
    const value = settings.find((row) => row['name'] === name)?.['value'];
    return value instanceof Uint8Array ? value : assert.fail(name);
  };
  const records = await rowsOf(who.profile, secret, 'SELECT name, value FROM session_records');
  const ofRecords = records.flatMap(({ name, value }) => {
    assert.ok(value instanceof Uint8Array && value.length >= 32);
    const [kind = ''] = String(name).split('/');
    return piecesOf(kind === 'peer' ? PUBLIC : `record ${kind}`, value);
  });
  return [
    ...key('keychain secret', secret),
    ...key('database key', databaseKey),
    ...key('root secret', named('root-secret')),
    ...key('signing seed', named('signing-seed').subarray(0, 32)),
    ...key('own public key', named('identity-key').subarray(1)),
    ...ofRecords,
  ];
}

const namesIn = (pid: number, patterns: readonly Pattern[]): Map<string, number> =>
  new Map([...locateInMemory(pid, patterns)].map(([name, places]) => [name, places.length]));

test('a daemon that is fully locked has no name, text or key of its profile in memory', {
  skip,
}, async (t) => {
  await Town.with({ parameters: FAST }, async (town) => {
    const keychain = join(town.dir, 'people', 'keychain');
    const alice = await town.person('alice');
    const bob = await town.person('bob');
    const { atHost, atGuest } = await introduce(town, alice, bob);
    const { api } = alice;
    for (let n = 1; n <= LOCKS; n++) {
      const words = new Map(WORDS.map((name) => [name, canary()]));
      const said = (name: string): string => words.get(name) ?? assert.fail(name);
      const show = async (): Promise<void> => {
        await api.call('message.list', { contactId: atHost, limit: 50 });
        await api.call('contact.list', {});
        await api.call('invite.list', {});
        await api.call('search.find', { text: said('sent'), limit: 5 });
        await api.call('status', {});
      };
      await api.call('profile.rename', { name: said('own name'), tell: [] });
      await api.call('contact.rename', { contactId: atHost, name: said('contact name') });
      const { id } = await api.call('invite.create', { label: said('label') });
      await api.call('draft.set', { contactId: atHost, text: said('draft') });
      const clientId = `${n}`;
      const text = `${said('sent')} ${said('searched')}`;
      await api.call('message.send', { contactId: atHost, text, clientId });
      const answer = said('received');
      await bob.api.call('message.send', { contactId: atGuest, text: answer, clientId });
      await town.until('both have it', PATIENCE, async () => {
        const [a, b] = [
          await api.call('message.list', { contactId: atHost, limit: 9 }),
          await bob.api.call('message.list', { contactId: atGuest, limit: 9 }),
        ];
        return [
          a.messages.some((message) => message.text === answer),
          b.messages.some((message) => message.text === text),
        ].every(Boolean);
      });
      // Receipts and whatever else follows: some locks meet it, some come behind it.
      await sleep(600 * (n % 6));
      await show();
      const texts = [...words].flatMap(([name, value]) => word(name, value));
      const before = namesIn(alice.pid, texts);
      for (const name of WORDS) assert.ok(before.has(name), `control, open: ${name}`);

      await api.call('profile.lock', { full: true });
      const patterns = [...texts, ...(await keysOf(alice, keychain))];
      const left = namesIn(alice.pid, patterns);
      t.diagnostic(`lock ${n}: ${JSON.stringify([...left])} of ${patterns.length} patterns`);

      await api.call('profile.unlock', { keychain: true });
      await show();
      const after = namesIn(alice.pid, patterns);
      const shown = [...KEYS, PUBLIC, 'contact name', 'received', 'sent'];
      for (const name of shown) assert.ok(after.has(name), `control, unlocked: ${name}`);
      assert.deepEqual([...left], [], `lock ${n}`);
      await api.call('invite.revoke', { id });
    }
  });
});

test('nor the passphrase by which it was opened', { skip }, async (t) => {
  const daemonEntry = fileURLToPath(
    new URL('../../apps/daemon/bin/tacet-daemon.mjs', import.meta.url),
  );
  await Town.with({ parameters: FAST, daemonEntry }, async (town) => {
    const alice = await town.person('alice');
    const typed = readFileSync(join(town.dir, 'people', 'alice.passphrase'), 'utf8');
    const patterns = word('passphrase', typed);
    await alice.api.call('profile.lock', {});
    await alice.api.call('profile.unlock', { passphrase: typed });
    const before = namesIn(alice.pid, patterns);
    t.diagnostic(`open: ${JSON.stringify([...before])}`);
    assert.ok(before.has('passphrase'), 'control');
    await alice.api.call('profile.lock', { full: true });
    assert.deepEqual([...namesIn(alice.pid, patterns)], []);
  });
});

test('nor what a window wrote', { skip }, async (t) => {
  await buildWindow();
  await Town.with({ parameters: FAST, windows: true }, async (town) => {
    const alice = await town.person('alice');
    const { url } = await alice.api.call('window.open', {});
    const port = Number(new URL(url).port);
    const ticket = new URL(url).hash.slice('#t='.length);
    const opened = await post(port, { target: '/session', body: JSON.stringify({ ticket }) });
    const { session } = JSON.parse(opened.body) as { session: string };
    const ask = async (method: string, params: object): Promise<void> => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
      const { status } = await post(port, { body, headers: { 'tacet-session': session } });
      assert.equal(status, 200, method);
    };
    const text = canary();
    const patterns = word('text', text);
    // It stands where no later request, each of them shorter, is written over it.
    const long = `${'x'.repeat(4_000)}${text}`;
    await ask('message.send', { contactId: '1', text: long, clientId: 'a' });
    await ask('status', {});
    const before = namesIn(alice.pid, patterns);
    t.diagnostic(`open: ${JSON.stringify([...before])}`);
    assert.ok(before.has('text'), 'control');
    await ask('profile.lock', { full: true });
    assert.deepEqual([...namesIn(alice.pid, patterns)], []);
  });
});
