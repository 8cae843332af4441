/**
 * A computer that is taken: locked, and nothing of what its owner said, got and named stands in any file
 * its daemon wrote; after deletion and expiry, and nothing of it is left for somebody who has the key, too.
 * Each search finds what it must find first.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FILE_PIECE } from '@tacet/api';
import { base64url } from '@tacet/base';
import { RECORDING, recordingWithTags, VOICE_CANARY } from '@tacet/testkit/voices';
import type { DaemonProcess } from '../lib/daemon.ts';
import { introduce } from '../lib/meet.ts';
import { FAST, Town } from '../lib/town.ts';
import { canary, formsOf, found } from './canaries.ts';
import { asTheyAre, inCells, rowsOf, withTheKey, writtenBy } from './store.ts';

const PATIENCE = 120_000;
/** Of disappearing messages. */
const LIFETIME = 60;
const SIZE = 200_000;

type Words = Map<string, string | Uint8Array>;

function makeWords() {
  const names = [
    ...['alice', 'bob', 'kept', 'deleted', 'edited', 'edit', 'expiring', 'draft', 'note'],
    ...['reply', 'theirs', 'file name', 'file bytes', 'beside the file'],
    ...['contact name', 'label'],
  ];
  return new Map(names.map((name) => [name, canary()]));
}

test('canaries are found in no file of a locked daemon, and after deletion not with the key either', async () => {
  const words = makeWords();
  const word = (name: string): string => words.get(name) ?? assert.fail(name);
  await Town.with({ parameters: FAST }, async (town) => {
    const people = join(town.dir, 'people');
    const keychain = join(people, 'keychain');
    const alice = await town.person('alice');
    const bob = await town.person('bob');
    const { atHost, atGuest } = await introduce(town, alice, bob);
    const say = async (who: DaemonProcess, contactId: string, text: string, replyTo?: string) => {
      const request = { contactId, text, clientId: canary() };
      return who.api.call(
        'message.send',
        replyTo === undefined ? request : { ...request, replyTo },
      );
    };
    const bobHas = (text: string) =>
      town.until(`bob has ${text}`, PATIENCE, async () => {
        const { messages } = await bob.api.call('message.list', { contactId: atGuest, limit: 50 });
        return messages.some((one) => one.text === text || one.file?.state === text);
      });

    for (const who of [alice, bob]) {
      await who.api.call('profile.rename', { name: word(who.name), tell: 'all' });
    }
    await alice.api.call('contact.rename', { contactId: atHost, name: word('contact name') });
    await alice.api.call('invite.create', { label: word('label') });
    await say(alice, atHost, word('kept'));
    const deleted = await say(alice, atHost, word('deleted'));
    const edited = await say(alice, atHost, word('edited'));
    const theirs = await say(bob, atGuest, word('theirs'));
    await bobHas(word('edited'));
    const toEdit = { id: edited.id, text: word('edit'), clientId: canary() };
    await alice.api.call('message.edit', toEdit);
    await bobHas(word('edit'));
    const reply = await say(alice, atHost, word('reply'), deleted.id);
    const { id: notes } = await alice.api.call('note.open', {});
    const note = await say(alice, notes, word('note'));
    await alice.api.call('draft.set', { contactId: atHost, text: word('draft') });
    const upload = await bringIn(alice, word('file bytes'));
    const file = await alice.api.call('file.send', {
      ...{ upload, contactId: atHost, clientId: canary(), text: word('beside the file') },
      ...{ name: `${word('file name')}.txt`, mediaType: 'text/plain', kind: 'file' },
    });
    await bobHas('here');
    // Recorded, made a note, and not sent yet.
    const sound = new Map<string, string | Uint8Array>([
      ['tags', VOICE_CANARY],
      ['frames', RECORDING.subarray(-60, -20)],
    ]);
    const recording = recordingWithTags();
    assert.deepEqual(found(sound, recording), [...sound.keys()], 'control');
    const { upload: begun } = await alice.api.call('file.begin', { size: recording.length });
    await alice.api.call('file.put', { upload: begun, at: 0, bytes: base64url(recording) });
    await alice.api.call('voice.remake', { upload: begun });
    await town.until('alice has all', PATIENCE, async () => {
      const { messages } = await alice.api.call('message.list', { contactId: atHost, limit: 50 });
      return messages.some(({ text }) => text === word('theirs'));
    });
    const timer = { contactId: atHost, seconds: LIFETIME, clientId: canary() };
    await alice.api.call('timer.set', timer);
    await say(alice, atHost, word('expiring'));
    await bobHas(word('expiring'));
    // Searched for: what SQLite makes of it stands beside the rest.
    const hits = await alice.api.call('search.find', { text: word('edit'), limit: 5 });
    assert.equal(hits.hits.length, 1);

    // --- taken while locked
    for (const who of [alice, bob]) await who.api.call('profile.lock', {});
    for (const who of [alice, bob]) {
      const elsewhere = writtenBy(who.pid).filter((path) => !path.startsWith(town.dir));
      assert.deepEqual(elsewhere, [], 'it writes nowhere else');
      assert.ok(
        writtenBy(who.pid).some((path) => path.endsWith('.data')),
        'control',
      );
    }
    assert.deepEqual(found(words, asTheyAre(people)), [], 'of a locked daemon');
    assert.deepEqual(found(sound, asTheyAre(people)), [], 'sound');
    for (const name of readdirSync(people, { recursive: true, encoding: 'utf8' })) {
      assert.deepEqual(found(words, Buffer.from(name)), [], name);
    }
    for (const [name, text] of words) {
      for (const form of formsOf(text)) {
        const around = Buffer.concat([randomBytes(1_000), form, randomBytes(1_000)]);
        assert.deepEqual(found(words, around), [name], 'control: each form is found');
      }
    }
    const planted = join(people, 'alice', 'planted');
    writeFileSync(planted, word('note'));
    assert.deepEqual(found(words, asTheyAre(people)), ['note'], 'control: the folder is read');
    rmSync(planted);

    // --- taken with the key, before anything was deleted
    const secretOf = (who: DaemonProcess): Uint8Array => {
      const entries = readdirSync(keychain).map((name) => readFileSync(join(keychain, name)));
      const opens = entries.find((entry) => {
        try {
          withTheKey(who.profile, entry);
          return true;
        } catch {
          return false;
        }
      });
      return opens ?? assert.fail('no key');
    };
    for (const who of [alice, bob]) await who.stop();
    const [atAlice, atBob] = [secretOf(alice), secretOf(bob)];
    const rows = 'SELECT id, cell_key, secret FROM files';
    const keys: Words = new Map();
    const cells: (readonly [DaemonProcess, Uint8Array, number])[] = [];
    for (const [who, secret] of [
      [alice, atAlice],
      [bob, atBob],
    ] as const) {
      const [row] = await rowsOf(who.profile, secret, rows);
      const key = row?.['cell_key'];
      assert.ok(row !== undefined && key instanceof Uint8Array);
      keys.set(`cell key of ${who.name}`, key);
      cells.push([who, key, Number(row['id'])]);
    }
    const ofFile = new Map([['file bytes', word('file bytes')]]);
    for (const [who, key, id] of cells) {
      const bytes = inCells(who.profile, key, id);
      assert.deepEqual(found(ofFile, bytes), ['file bytes'], 'control: the file is in its cells');
    }
    const missing = (has: readonly string[], but: readonly string[]): string[] =>
      [...words.keys()].filter((name) => !has.includes(name) && !but.includes(name));
    const before = found(words, withTheKey(alice.profile, atAlice));
    assert.deepEqual(missing(before, ['file bytes']), [], 'control: all can be read');
    assert.deepEqual(found(keys, withTheKey(alice.profile, atAlice)), ['cell key of alice']);
    assert.deepEqual(found(keys, withTheKey(bob.profile, atBob)), ['cell key of bob']);

    // --- deleted and expired
    for (const who of [alice, bob]) await who.start();
    for (const { id } of [deleted, edited, reply, file]) {
      await alice.api.call('message.delete', { id, forEveryone: true, clientId: canary() });
    }
    for (const { id } of [note, theirs]) {
      const request = { forEveryone: false, clientId: canary() };
      // The same text has another number at each side.
      const own = id === theirs.id ? await idOf(alice, atHost, word('theirs')) : id;
      await alice.api.call('message.delete', { id: own, ...request });
    }
    await alice.api.call('draft.set', { contactId: atHost, text: '' });
    for (const who of [alice, bob]) {
      await who.api.call('conversation.read', { contactId: who === alice ? atHost : atGuest });
    }
    const goneAtBob = ['deleted', 'edited', 'edit', 'reply', 'expiring', 'file name'];
    await town.until('it is gone at both', PATIENCE, async () => {
      for (const [who, contactId] of [
        [alice, atHost],
        [bob, atGuest],
      ] as const) {
        const shown = JSON.stringify(await who.api.call('message.list', { contactId, limit: 50 }));
        if (goneAtBob.some((name) => shown.includes(word(name)))) return false;
      }
      return true;
    });
    for (const who of [alice, bob]) await who.stop();

    const gone = [...goneAtBob, 'theirs', 'note', 'draft', 'beside the file'];
    const left = found(words, withTheKey(alice.profile, atAlice));
    assert.deepEqual(
      left.filter((name) => gone.includes(name)),
      [],
      'at alice',
    );
    assert.ok(
      ['kept', 'bob', 'contact name'].every((name) => left.includes(name)),
      'control',
    );
    const atBobs = found(words, withTheKey(bob.profile, atBob));
    assert.deepEqual(
      atBobs.filter((name) => [...goneAtBob, 'beside the file'].includes(name)),
      [],
    );
    assert.ok(
      ['kept', 'theirs'].every((name) => atBobs.includes(name)),
      'control',
    );
    for (const [who, secret] of [
      [alice, atAlice],
      [bob, atBob],
    ] as const) {
      assert.deepEqual(found(keys, withTheKey(who.profile, secret)), [], 'keys of cells');
    }
    // --- what nobody could read without a key that is gone is overwritten besides
    for (const who of [alice, bob]) await who.start();
    await town.until('cells are overwritten', PATIENCE, async () => {
      return cells.every(([who, key, id]) => inCells(who.profile, key, id).length === 0);
    });

    // --- the contact deleted
    await alice.api.call('contact.delete', { contactId: atHost });
    await alice.stop();
    const last = found(words, withTheKey(alice.profile, atAlice));
    assert.deepEqual(last, ['alice', 'label'], 'whom she knew, and what they said');
  });
});

async function idOf(who: DaemonProcess, contactId: string, text: string): Promise<string> {
  const { messages } = await who.api.call('message.list', { contactId, limit: 50 });
  return messages.find((one) => one.text === text)?.id ?? assert.fail(text);
}

/** A file of random bytes with a word in it. */
async function bringIn({ api }: DaemonProcess, word: string): Promise<number> {
  const bytes = Buffer.concat([randomBytes(SIZE / 2), Buffer.from(word), randomBytes(SIZE / 2)]);
  const { upload } = await api.call('file.begin', { size: bytes.length });
  for (let at = 0; at < bytes.length; at += FILE_PIECE) {
    const piece = bytes.subarray(at, at + FILE_PIECE);
    await api.call('file.put', { upload, at, bytes: base64url(piece) });
  }
  return upload;
}
