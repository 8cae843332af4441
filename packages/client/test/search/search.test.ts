/** Search: what is found, in which order, what leaves the index, and that nothing typed is syntax. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, isAppError } from '@tacet/base';
import { MemoryStore } from '@tacet/testkit';
import fc from 'fast-check';
import { MAX_ENDINGS, MAX_MATCHES } from '../../src/limits.ts';
import { Search, type SearchRequest } from '../../src/search/search.ts';
import { migrate } from '../../src/store/migrate.ts';
import { MIGRATIONS } from '../../src/store/schema.ts';
import { Pair, type Side } from '../conversations/pair.ts';
import { Profile } from '../conversations/profile.ts';
import { sendFile } from '../files/sending.ts';

const code = (wanted: string) => (error: unknown) => isAppError(error, wanted);

async function profile() {
  const p = await Profile.with('ann', 'bob');
  const find = (text: string, more: Partial<SearchRequest> = {}) =>
    p.client.search.find({ text, limit: 50, ...more });
  const ids = (text: string, more: Partial<SearchRequest> = {}) =>
    find(text, more).hits.map(({ id }) => id);
  return { p, find, ids };
}

test('words, beginnings of words, phrases, words that must not stand there, accents', async () => {
  const { p, ids } = await profile();
  const cafe = p.receive('ann', 'Meet me at the café on Friday');
  const tea = p.receive('ann', 'friday tea at the old mill');
  const hindi = p.receive('bob', 'हिन्दी में लिखा');
  const korean = p.receive('bob', '한국어로 쓴 글');
  assert.deepEqual(ids('cafe'), [cafe]);
  assert.deepEqual(ids('CAFÉ'), [cafe]);
  assert.deepEqual(ids('cafe\u0301'), [cafe]);
  assert.deepEqual(ids('friday').sort(), [cafe, tea].sort());
  assert.deepEqual(ids('fri').sort(), [cafe, tea].sort());
  assert.deepEqual(ids('fri '), []);
  assert.deepEqual(ids('fri* meet'), [cafe]);
  assert.deepEqual(ids('"at the" friday').sort(), [cafe, tea].sort());
  assert.deepEqual(ids('"the at" friday'), []);
  assert.deepEqual(ids('friday -tea'), [cafe]);
  assert.deepEqual(ids('हिन्दी'), [hindi]);
  assert.deepEqual(ids('한국어로'), [korean]);
  assert.deepEqual(ids('friday meet nowhere'), []);
});

test('a beginning finds every word that goes on so, few or many, alone or behind others', async () => {
  const { p, ids } = await profile();
  const have = p.receive('ann', 'They have gone to the harbour.');
  const haven = p.receive('ann', 'Havens, they said');
  const name = p.receive('bob', 'well-havened');
  assert.deepEqual(ids('have').sort(), [have, haven, name].sort());
  assert.deepEqual(ids('HAVEN').sort(), [haven, name].sort());
  assert.deepEqual(ids('they have').sort(), [have, haven].sort());
  assert.deepEqual(ids('well-haven'), [name]);
  assert.deepEqual(ids('gone-haven'), []);
  assert.deepEqual(ids('have* gone'), [have]);
  assert.deepEqual(ids('havex'), []);
  const many = Array.from({ length: MAX_ENDINGS }, (_, n) => p.receive('bob', `havenot${n}`));
  assert.deepEqual(ids('haven', { limit: 500 }).sort(), [haven, name, ...many].sort());
  assert.deepEqual(ids('havenot', { limit: 500 }).sort(), many.sort());
});

test('filters: contact, direction, time, link, kind; without words the newest first', async () => {
  const { p, ids, find } = await profile();
  const one = p.receive('ann', 'red apple');
  const start = p.later(DAY);
  const two = p.send('1', 'red pear https://example.org/x');
  const three = p.receive('bob', 'red plum');
  assert.deepEqual(ids('red', { contacts: ['ann'] }).sort(), [one, two].sort());
  assert.deepEqual(ids('red', { contacts: ['bob', '1'] }).length, 3);
  assert.deepEqual(ids('red', { contacts: [] }), []);
  assert.deepEqual(ids('red', { direction: 'out' }), [two]);
  assert.deepEqual(ids('red', { from: start }).sort(), [two, three].sort());
  assert.deepEqual(ids('red', { to: start }), [one]);
  assert.deepEqual(ids('red', { from: start, to: start }), []);
  assert.deepEqual(ids('', { link: true }), [two]);
  assert.deepEqual(ids('', { contacts: ['ann'] }), [two, one]);
  assert.deepEqual(ids('red', { kind: 'card' }), []);
  assert.throws(() => find(''), code('search-empty'));
  assert.throws(() => find('-red'), code('search-empty'));
  assert.throws(() => find('!!!'), code('search-empty'));
  assert.throws(() => find('x', { contacts: ['nobody'] }), code('contact-unknown'));
  assert.throws(() => find('x'.repeat(257)), code('search-invalid'));
  assert.throws(() => find('a b '.repeat(9)), code('search-invalid'));
});

test('words beside a file are found at both sides, and go with it', async () => {
  const pair = await Pair.meet();
  const { a, b } = pair;
  const id = sendFile(a, { text: 'the plumber sent this' });
  sendFile(a);
  pair.exchange();
  const found = (side: Side, more: Partial<SearchRequest> = {}) =>
    side.client.search.find({ text: 'plumb', limit: 9, ...more }).hits.length;
  for (const side of [a, b]) {
    assert.deepEqual(
      [found(side), found(side, { kind: 'file' }), found(side, { kind: 'text' })],
      [1, 1, 0],
    );
  }
  a.client.talk.delete({ id, forEveryone: true, clientId: null }, a.profile.later());
  pair.exchange();
  assert.deepEqual([found(a), found(b)], [0, 0]);
});

test('words beside files that are there already are found after the next start', () => {
  const store = new MemoryStore();
  const before = MIGRATIONS.findIndex(({ name }) => name === 'words beside files');
  migrate(store, MIGRATIONS.slice(0, before));
  store.run(`INSERT INTO contacts (name, given_name, trust, state, created_at, touched_at)
    VALUES ('ann', 'ann', 'link', 'ready', 1, 1)`);
  for (const [n, text] of ['the plumber', ''].entries()) {
    store.run(
      `INSERT INTO messages (id, contact_id, content_id, direction, type, text, sent_at, state)
       VALUES (?, 1, ?, 'in', 16, ?, 1, 'received')`,
      n + 1,
      new Uint8Array(16).fill(n),
      text,
    );
  }
  migrate(store, MIGRATIONS);
  const search = new Search(store, () => 1);
  const hits = () => search.find({ text: 'plumber', limit: 9 }).hits.map(({ id }) => id);
  assert.deepEqual(hits(), ['1']);
  store.run("UPDATE messages SET text = 'the painter' WHERE id = 1");
  assert.deepEqual(hits(), []);
});

test('the better match comes first, and of equal ones the newer', async () => {
  const { p, ids } = await profile();
  const old = p.receive('ann', 'train at nine');
  const recent = p.receive('ann', 'train at nine');
  const strong = p.receive('ann', 'train train');
  p.receive('ann', `train ${'and something else entirely '.repeat(6)}`);
  assert.deepEqual(ids('train').slice(0, 3), [strong, recent, old]);
});

test('marks are places in the excerpt, whatever stands around them', async () => {
  const { p, find } = await profile();
  const before = '🙂 '.repeat(100);
  p.receive('ann', `${before}the Café\u202e is open ${'x '.repeat(100)}`);
  const [hit] = find('cafe').hits;
  assert.ok(hit);
  const points = [...hit.excerpt.text];
  assert.deepEqual(
    hit.excerpt.marks.map(([start, length]) => points.slice(start, start + length).join('')),
    ['Café'],
  );
  assert.equal(points.length, 160);
  assert.deepEqual([hit.excerpt.cutBefore, hit.excerpt.cutAfter], [true, true]);
});

/** Everything the index holds, as words: what is not there cannot be found nor read from the file. */
const indexed = (p: Profile): string[] => {
  p.store.exec(
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.words USING fts5vocab('main', 'search', 'row')",
  );
  return p.store.all('SELECT term FROM words').map((row) => String(row['term']));
};

test('what is edited, emptied, unlisted or deleted leaves the index at once', async () => {
  const { p, ids } = await profile();
  const edited = p.receive('ann', 'secretone stays');
  const emptied = p.receive('ann', 'secrettwo');
  const unlisted = p.receive('ann', 'secretthree');
  const deleted = p.receive('bob', 'secretfour');
  assert.equal(ids('secret').length, 4);
  const secrets = () => indexed(p).filter((word) => word.startsWith('secret'));
  assert.equal(secrets().length, 4);
  p.store.run("UPDATE messages SET text = 'open stays' WHERE id = ?", Number(edited));
  p.store.run("UPDATE messages SET text = '' WHERE id = ?", Number(emptied));
  p.store.run('UPDATE messages SET listed = 0 WHERE id = ?', Number(unlisted));
  p.store.run("DELETE FROM contacts WHERE name = 'bob'");
  assert.deepEqual(ids('secret'), []);
  assert.deepEqual(ids('open'), [edited]);
  assert.deepEqual(secrets(), []);
  p.store.run("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)");
  assert.equal(p.store.get("SELECT v FROM search_config WHERE k = 'secure-delete'")?.['v'], 1);
  assert.equal(deleted > unlisted, true);
});

test('a change that is rolled back changes nothing of the index', async () => {
  const { p, ids } = await profile();
  const kept = p.receive('ann', 'lasting');
  const undo = () =>
    p.store.transaction(() => {
      p.store.run("UPDATE messages SET text = 'passing' WHERE id = ?", Number(kept));
      throw new Error('the disk is full');
    });
  assert.throws(undo, /disk is full/);
  assert.deepEqual(ids('lasting'), [kept]);
  assert.deepEqual(ids('passing'), []);
});

test('nothing typed is syntax of the index', async () => {
  const { p, find, ids } = await profile();
  const id = p.receive('ann', 'alpha NEAR beta text:c1 tags');
  const pieces = fc.constantFrom(
    'alpha',
    '"',
    '""',
    "'",
    '*',
    '^',
    '(',
    ')',
    '{',
    '}',
    ':',
    '+',
    '-',
    ' ',
    'AND',
    'OR',
    'NOT',
    'NEAR(',
    'text',
    'tags:c1',
    'rowid',
    '\0',
    '\u0301',
    '\u{1F600}',
    ';',
    '--',
    'ß',
    'İ',
    '한',
  );
  const typed = fc.oneof(
    fc.array(pieces, { maxLength: 14 }).map((all) => all.join('')),
    fc
      .array(fc.integer({ min: 0, max: 0x10_ffff }), { maxLength: 20 })
      .map((points) => String.fromCodePoint(...points)),
  );
  const refusals = ['search-empty', 'search-invalid'];
  fc.assert(
    fc.property(typed, (text) => {
      try {
        find(text, { contacts: ['ann'] });
      } catch (error) {
        assert.ok(isAppError(error) && refusals.includes(error.code), String(error));
      }
    }),
  );
  assert.deepEqual(ids('near'), [id]);
  assert.deepEqual(ids('AND'), []);
  // Tags are no words of a message.
  assert.deepEqual(ids('k1'), []);
  assert.deepEqual(ids('tags:c1 '), []);
});

test('more matches than are ranked: the rest is a call away, each once', async () => {
  const { p, find } = await profile();
  p.store.exec(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MAX_MATCHES + 50})
     INSERT INTO messages (contact_id, content_id, direction, type, text, sent_at, state)
     SELECT 1, randomblob(16), 'in', 1, 'common word', i, 'received' FROM n`,
  );
  p.store.exec("INSERT INTO search (search) VALUES ('rebuild')");
  const first = find('common', { limit: 5 });
  assert.equal(first.hits.length, 5);
  assert.ok(first.next);
  const rest = find('common', { limit: 500, before: first.next });
  assert.equal(rest.hits.length, 50);
  assert.equal(rest.next, null);
  assert.ok(rest.hits.every(({ id }) => Number(id) < Number(first.next)));
});
