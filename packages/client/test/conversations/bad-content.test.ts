/** What a contact gets wrong, on purpose or not, is contained: receipted, set aside, shown safely. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeCanonical } from '../../src/content/cbor.ts';
import { decodeEnvelope, encodeEnvelope } from '../../src/content/envelope.ts';
import { Inbox } from '../../src/inbox/inbox.ts';
import { ReceivedSet } from '../../src/inbox/received.ts';
import type { SessionPort } from '../../src/ports.ts';
import { sessionRecords } from '../../src/sessions/jobs.ts';
import { migratedStore } from '../migrated-store.ts';
import { Pair } from './pair.ts';

const contentId = new Uint8Array(16).fill(3);
const text = (n: number) => ({
  type: 'text' as const,
  contentId: new Uint8Array(16).fill(n),
  sentAt: 0,
  text: `text ${n}`,
});
const map = (...entries: readonly (readonly [number, unknown])[]) =>
  new Map<number, unknown>(entries);
const wrap = (content: unknown, ...more: readonly (readonly [number, unknown])[]) =>
  encodeCanonical(map([1, content], ...more));
const deep = (levels: number) => {
  let value: unknown = 1;
  for (let n = 0; n < levels; n++) value = [value];
  return value;
};

/** A whole inbox over a ratchet that hands through; what reached the listener, by sequence. */
async function receive(plaintexts: readonly Uint8Array[]) {
  const store = migratedStore();
  store.exec(
    `INSERT INTO contacts (id, name, given_name, trust, state, created_at, touched_at)
     VALUES (1, 'a', 'a', 'link', 'ready', 0, 0)`,
  );
  const received = new ReceivedSet(store);
  const heard: number[] = [];
  const dead: string[] = [];
  const inbox = new Inbox(store, received, {
    onEnvelope: (_contact, seq) => heard.push(seq),
    onDuplicate: () => assert.fail('nothing comes twice'),
    onLetter: () => undefined,
    onDeadLetter: (_contact, seq, reason) => dead.push(`${seq} ${reason}`),
    onWork: () => undefined,
  });
  const port = {
    decrypt: async (_records: unknown, _peer: string, plaintext: Uint8Array) => ({
      plaintext,
      identityKey: new Uint8Array(33),
      writes: new Map(),
    }),
  } as unknown as SessionPort;
  plaintexts.forEach((data, i) => {
    inbox.onContent(1, { kind: 'part', seq: i + 1, part: 0, parts: 1, data }, i, 0);
  });
  for (let job = inbox.nextJob(); job !== null; job = inbox.nextJob()) {
    const { commit } = await job.run(port, sessionRecords(store));
    store.transaction(() => commit(0));
  }
  return { heard, dead, receipt: received.receipt(1) };
}

test('a content out of form is receipted, kept as a dead letter, and what follows is read', async () => {
  const good = encodeEnvelope({ content: text(1) });
  const bad: readonly (readonly [string, Uint8Array])[] = [
    ['no map', wrap(7)],
    ['no type', wrap(map([2, contentId], [3, 0]))],
    ['a short id', wrap(map([1, 1], [2, new Uint8Array(15)], [3, 0], [4, 'x']))],
    ['a text too long', wrap(map([1, 1], [2, contentId], [3, 0], [4, 'x'.repeat(16_385)]))],
    ['no target', wrap(map([1, 4], [2, contentId], [3, 0], [7, 'x']))],
    ['lists in lists', wrap(deep(60))],
    ['a mention outside', wrap(map([1, 1], [2, contentId], [3, 0], [4, 'x'], [10, [[5, 1, 0]]]))],
  ];
  for (const [what, bytes] of bad) {
    const { heard, dead, receipt } = await receive([good, bytes, good]);
    assert.deepEqual(receipt, { upTo: 3, ranges: [] }, what);
    assert.deepEqual(dead, ['2 content-malformed'], what);
    assert.deepEqual(heard, [1, 2, 3], what);
  }
});

test('an envelope out of form, or deeper than can be read, is receipted and set aside', async () => {
  const good = encodeEnvelope({ content: text(1) });
  const nested = new Uint8Array(2_000).fill(0x81);
  for (const bytes of [Uint8Array.of(0xff), nested, wrap(deep(2_000)), encodeCanonical([1, 2])]) {
    const { heard, dead, receipt } = await receive([bytes, good]);
    assert.deepEqual(receipt, { upTo: 2, ranges: [] });
    assert.deepEqual([dead, heard], [['1 envelope-malformed'], [2]]);
  }
});

test('a malformed content does not spoil the receipt that came with it', async () => {
  const { a } = await Pair.meet();
  const id = a.say('hello');
  const [letter] = a.letters();
  assert.equal(letter?.seq, 1);
  a.profile.store.run(
    `INSERT INTO ciphertexts (contact_id, seq, message_id, data, created_at) VALUES (1, 1, ?, x'00', 0)`,
    Number(id),
  );
  // It left and was stored: a receipt of what never was would be somebody else's.
  a.profile.store.run(
    'INSERT INTO progress (ciphertext_id, part, idx, sent, copies) SELECT id, 0, 0, 1, 1 FROM ciphertexts',
  );
  const bytes = wrap('no content', [2, [1]]);
  assert.equal(decodeEnvelope(bytes).malformedContent, true);
  a.take({ seq: 1, bytes });
  assert.equal(a.client.message(id).state, 'delivered');
});

test('what is unknown is one line, with its time to live and the bytes as they came', async () => {
  const { b } = await Pair.meet();
  const line = 'A picture: \u202eevil\u0007';
  const bytes = wrap(map([1, 20], [2, contentId], [3, 0], [6, 60], [7, line], [30, [1, 2]]));
  b.take({ seq: 1, bytes });
  assert.deepEqual([b.last.kind, b.last.text], ['unknown', line]);
  const row = b.profile.store.get('SELECT raw FROM messages');
  assert.deepEqual(Buffer.from(row?.['raw'] as Uint8Array), Buffer.from(bytes));
  assert.notEqual(b.last.expiresAt, null);
  b.take({ seq: 2, bytes: encodeEnvelope({ content: text(2) }) });
  const plain = b.profile.store.get('SELECT raw FROM messages WHERE type = 1');
  assert.equal(plain?.['raw'], null, 'what is read whole is not kept twice');
});

test('a name with control or direction characters is cleaned, one of nothing else is refused', async () => {
  const pair = await Pair.meet();
  const { b } = pair;
  const profile = (n: number, name: string) => ({
    seq: n,
    bytes: encodeEnvelope({
      content: {
        type: 'profile',
        contentId: new Uint8Array(16).fill(n),
        sentAt: 0,
        name,
        shown: 'x',
      },
    }),
  });
  b.take(profile(1, 'Ali\u202ece\u0000 B'));
  assert.deepEqual(
    [b.last.kind, b.last.text],
    ['profile', 'Goes by the name of Alice B from now on.'],
  );
  const known = () => {
    const { name, givenName } = b.client.contact('1');
    return [name, givenName];
  };
  assert.deepEqual(known(), ['alice', 'Alice B']);
  b.take(profile(2, '\u202e\u0007'));
  assert.deepEqual(b.dead(), ['content-refused']);
  // An older one that comes late is a line and nothing more.
  b.take(profile(9, 'Newest'));
  b.take(profile(5, 'Older'));
  assert.deepEqual(known(), ['alice', 'Newest']);
  b.profile.store.run("UPDATE contacts SET name = 'guest-2'");
  b.take(profile(10, 'Carol'));
  assert.deepEqual(known(), ['Carol', 'Carol']);
});

test('a reaction of rubbish, a quote of everything: nothing but text, within its bytes', async () => {
  const pair = await Pair.meet();
  const { a, b } = pair;
  a.say('hi');
  pair.exchange();
  const emoji = '\u001b[31m\u202e'.repeat(5);
  const target = { author: 'reader' as const, contentId: idOf(a) };
  const every = { contentId, sentAt: 2 ** 52, shown: '' };
  a.take({
    seq: 1,
    bytes: encodeEnvelope({ content: { type: 'reaction', ...every, target, emoji } }),
  });
  assert.deepEqual(a.last.reactions, [{ direction: 'in', emoji, state: 'received' }]);
  assert.equal(b.dead().length, 0);
});

test('mentions: who is named is told apart, and who is unknown is somebody', async () => {
  const pair = await Pair.meet();
  const { a, b } = pair;
  const hash = new Uint8Array(32).fill(5);
  a.profile.store.run(
    `INSERT INTO contacts (name, given_name, trust, state, created_at, touched_at, key_set_hash)
     VALUES ('carol', 'carol', 'link', 'ready', 1, 1, ?)`,
    hash,
  );
  const named = [
    { start: 0, length: 4, who: 'contact' as const },
    { start: 5, length: 3, who: 'self' as const },
    { start: 9, length: 3, who: { contactId: 'carol' } },
    // The reader by their number or name is the reader, and marked as such.
    { start: 13, length: 4, who: { contactId: 'bob' } },
  ];
  const request = { contactId: '1', text: '@bob @me @who @bob', clientId: null };
  a.client.talk.send({ ...request, mentions: named }, a.profile.later());
  pair.exchange();
  assert.equal(b.last.mentioned, true);
  assert.deepEqual(
    b.last.mentions.map(({ start, who, contactId: id, address }) => [start, who, id, address]),
    [
      [0, 'self', null, null],
      [5, 'contact', '1', null],
      [9, 'other', null, '05'.repeat(32)],
      [13, 'self', null, null],
    ],
  );
  assert.deepEqual(
    a.last.mentions.map(({ who, contactId: id }) => [who, id]),
    [
      ['contact', '1'],
      ['self', null],
      ['other', '2'],
      ['contact', '1'],
    ],
  );
  assert.equal(a.last.mentioned, false);
  for (const mentions of [
    [{ start: 17, length: 2, who: 'self' as const }],
    [
      { start: 3, length: 3, who: 'self' as const },
      { start: 0, length: 1, who: 'self' as const },
    ],
    Array.from({ length: 33 }, (_, n) => ({ start: n, length: 1, who: 'self' as const })),
  ]) {
    assert.throws(() => a.client.talk.send({ ...request, mentions }, a.now), /mention/);
  }
});

function idOf(side: Pair['a']): Uint8Array {
  return side.profile.store.get('SELECT content_id FROM messages')?.['content_id'] as Uint8Array;
}
