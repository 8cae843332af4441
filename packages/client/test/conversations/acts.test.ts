/** Replies, reactions, edits and deletes between two people (docs/spec/14-content.md, 4). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, isAppError } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import type { KnownContent } from '../../src/content/content.ts';
import { encodeEnvelope } from '../../src/content/envelope.ts';
import { MAX_EDITS, MAX_WAITING_ACTS } from '../../src/limits.ts';
import { blob } from '../../src/store/rows.ts';
import { encodeCard } from '../../src/trust/card.ts';
import { addLine } from '../../src/trust/lines.ts';
import { type Letter, Pair, type Side } from './pair.ts';

const code = (wanted: string) => (error: unknown) => isAppError(error, wanted);
const rng = seededRng('acts');
const id = () => rng.fill(new Uint8Array(16));
const letter = (seq: number, content: KnownContent): Letter => ({
  seq,
  bytes: encodeEnvelope({ content }),
});
const every = () => ({ contentId: id(), sentAt: 0, shown: 'x' });

function contentId(side: Side, message: string): Uint8Array {
  const row = side.profile.store.get(
    'SELECT content_id FROM messages WHERE id = ?',
    Number(message),
  );
  return blob(row ?? {}, 'content_id');
}

test('reply: shows what was said, and whether it ever was', async () => {
  const pair = await Pair.meet();
  const { a, b } = pair;
  const first = a.say('shall we meet at eight?');
  pair.exchange();
  b.say('yes', { replyTo: b.last.id });
  pair.exchange();
  assert.deepEqual(a.last.replyTo, {
    messageId: first,
    direction: 'out',
    excerpt: 'shall we meet at eight?',
    proof: 'verified',
  });
  const target = { author: 'reader', contentId: contentId(a, first) } as const;
  const lie = { ...target, excerpt: 'I owe you a thousand' };
  a.take(letter(50, { type: 'text', ...every(), text: 'pay', quote: lie }));
  assert.equal(find(a, 'pay').replyTo?.proof, 'differs');
  assert.equal(find(a, 'pay').replyTo?.excerpt, 'shall we meet at eight?');
  const lost = { author: 'writer', contentId: id(), excerpt: 'what I said' } as const;
  a.take(letter(51, { type: 'text', ...every(), text: 'see', quote: lost }));
  const unknown = { messageId: null, direction: 'in', excerpt: 'what I said', proof: 'unknown' };
  assert.deepEqual(find(a, 'see').replyTo, unknown);
  // A version it had before still counts as said.
  a.client.talk.edit({ id: first, text: 'at nine?', clientId: null }, a.profile.later());
  assert.equal(find(a, 'yes').replyTo?.proof, 'verified');
  assert.equal(find(a, 'yes').replyTo?.excerpt, 'at nine?');
});

test('reaction: one of each side, the newest counts in whatever order they come', async () => {
  const pair = await Pair.meet();
  const { a, b } = pair;
  const first = a.say('done');
  pair.exchange();
  const line = b.last.id;
  for (const emoji of ['\u{1f44d}', '\u2764', '\u{1f389}']) {
    b.client.talk.react({ id: line, emoji, clientId: null }, b.profile.later());
  }
  const [one, two, three] = b.letters();
  assert.ok(one && two && three);
  for (const order of [
    [three, one, two],
    [two, three, one],
  ]) {
    for (const each of order) a.take(each);
    assert.deepEqual(seen(a, first), ['in \u{1f389}']);
    a.profile.store.run('DELETE FROM messages WHERE type = 2');
  }
  a.take(three);
  const react = { id: first, emoji: '\u{1f600}', clientId: 'r1' };
  a.client.talk.react(react, a.profile.later());
  a.client.talk.react(react, a.profile.later());
  assert.deepEqual(seen(a, first), ['in \u{1f389}', 'out \u{1f600}']);
  a.client.talk.react({ id: first, emoji: '', clientId: null }, a.profile.later());
  assert.deepEqual(seen(a, first), ['in \u{1f389}']);
  assert.equal(a.client.message(first).state, 'delivered');
  assert.deepEqual(a.texts(), ['done']);
  assert.equal(a.client.contact('bob').unread, 0);
  const bad = { id: first, emoji: 'x'.repeat(65), clientId: null };
  assert.throws(() => a.client.talk.react(bad, a.now), code('emoji-invalid'));
});

test('edit: the newest version shows, all are kept, in whatever order they come', async () => {
  const pair = await Pair.meet();
  const { a, b } = pair;
  const first = a.say('meet at 8');
  for (const text of ['meet at 9', 'meet at 10']) {
    a.client.talk.edit({ id: first, text, clientId: null }, a.profile.later());
  }
  assert.deepEqual(a.texts(), ['meet at 10']);
  const [said, second, third] = a.letters();
  assert.ok(said && second && third);
  for (const each of [third, second, said]) b.take(each);
  assert.equal(b.last.text, 'meet at 10');
  assert.notEqual(b.last.editedAt, null);
  const versions = (side: Side) => side.client.talk.history(side.last.id).map(({ text }) => text);
  assert.deepEqual(versions(b), ['meet at 8', 'meet at 9', 'meet at 10']);
  assert.deepEqual(versions(a), versions(b));
  assert.equal(b.client.contact('alice').unread, 1);
  // Encrypted once more it says what it said first.
  a.profile.store.run("UPDATE messages SET state = 'queued' WHERE id = ?", Number(first));
  const again = a.letters()[0] ?? assert.fail();
  assert.match(Buffer.from(again.bytes).toString('latin1'), /meet at 8/);
  for (let n = 0; n < MAX_EDITS + 20; n++) {
    a.client.talk.edit({ id: first, text: `n ${n}`, clientId: null }, a.profile.later());
  }
  for (const each of a.letters()) b.take(each);
  assert.equal(versions(b).length, MAX_EDITS + 1);
  assert.equal(versions(b)[0], 'meet at 8');
  assert.equal(b.last.text, `n ${MAX_EDITS + 19}`);
});

test('delete for everyone: text, versions, reactions and quotes of it go, the line says so', async () => {
  const pair = await Pair.meet();
  const { a, b } = pair;
  const first = a.say('the SECRET word');
  pair.exchange();
  b.say('what SECRET?', { replyTo: b.last.id });
  b.client.talk.react({ id: b.lines[0]?.id ?? '', emoji: 'SECRET!', clientId: null }, b.now);
  a.client.talk.edit({ id: first, text: 'the SECRET words', clientId: null }, a.profile.later());
  pair.exchange();
  b.profile.store.run("UPDATE messages SET text = 'what?' WHERE direction = 'out' AND type = 1");
  a.profile.store.run("UPDATE messages SET text = 'what?' WHERE direction = 'in' AND type = 1");
  for (const side of [a, b]) assert.ok(side.tablesWith('SECRET').includes('messages'));
  a.client.talk.delete({ id: first, forEveryone: true, clientId: null }, a.profile.later());
  a.client.talk.delete({ id: first, forEveryone: true, clientId: null }, a.profile.later());
  pair.exchange();
  for (const side of [a, b]) {
    assert.deepEqual(side.tablesWith('SECRET'), []);
    const [line, reply] = side.lines;
    assert.equal(line?.text, '');
    assert.ok(line?.deletion !== null && line?.deletion.kept === false);
    assert.deepEqual(line?.reactions, []);
    assert.deepEqual([reply?.replyTo?.proof, reply?.replyTo?.excerpt], ['gone', '']);
  }
  assert.equal(a.client.message(first).deletion?.state, 'delivered');
  const facts = a.client.message(first).evidence.map(({ what }) => what);
  assert.ok(facts.includes('saved'));
  // What comes later changes nothing and leaves nothing.
  const target = { author: 'writer', contentId: contentId(a, first) } as const;
  b.take(letter(90, { type: 'edit', ...every(), target, text: 'SECRET again' }));
  b.take(
    letter(91, { type: 'text', ...every(), text: 'so', quote: { ...target, excerpt: 'SECRET' } }),
  );
  assert.deepEqual(b.tablesWith('SECRET'), []);
  const edit = { id: first, text: 'x', clientId: null };
  assert.throws(() => a.client.talk.edit(edit, a.now), code('message-deleted'));
});

test('delete for everyone: whatever it is of can leave after it, with nothing left in it', async () => {
  const pair = await Pair.meet();
  const { a, b } = pair;
  const card = encodeCard({ kind: 'known', token: id() });
  const said = [
    { type: 'card', card, shown: 'A contact card.' },
    { type: 'text', text: 'regretted', mentions: [{ start: 0, length: 9, who: 'reader' }] },
  ] as const;
  for (const one of said) {
    const id = a.profile.store.transaction(() =>
      a.client.talk.say(a.engine.contactList.row(1), one, null, a.profile.later()),
    );
    const request = { id: String(id), forEveryone: true, clientId: null };
    a.client.talk.delete(request, a.profile.later());
    pair.exchange();
    assert.deepEqual([b.last.text, b.last.mentions, b.last.deletion?.kept], ['', [], false]);
    assert.deepEqual(
      a.lines.map(({ state }) => state),
      a.lines.map(() => 'delivered'),
    );
  }
});

test('delete for everyone: who keeps what was deleted sees that it was asked for', async () => {
  const pair = await Pair.meet();
  const { a, b } = pair;
  b.client.conversations.settings('1', { obeyDelete: false }, b.now);
  const first = a.say('keep me');
  pair.exchange();
  a.client.talk.delete({ id: first, forEveryone: true, clientId: null }, a.profile.later());
  pair.exchange();
  assert.deepEqual([b.last.text, b.last.deletion?.kept], ['keep me', true]);
  assert.equal(a.last.text, '');
});

test('delete for me: nothing is left here and nothing is told', async () => {
  const pair = await Pair.meet();
  const { a, b } = pair;
  a.say('SECRET one');
  pair.exchange();
  b.client.talk.delete({ id: b.last.id, forEveryone: false, clientId: null }, b.profile.later());
  assert.deepEqual(b.tablesWith('SECRET'), []);
  assert.deepEqual(b.texts(), []);
  assert.deepEqual(b.letters(), []);
  // One of one's own that is still under way is hidden, sent, and then goes.
  const mine = b.say('SECRET two');
  b.client.talk.delete({ id: mine, forEveryone: false, clientId: null }, b.profile.later());
  assert.deepEqual(b.texts(), []);
  assert.throws(() => b.client.message(mine), code('message-unknown'));
  pair.exchange();
  assert.equal(a.last.text, 'SECRET two');
  b.client.advance(b.profile.later());
  assert.deepEqual(b.tablesWith('SECRET'), []);
});

test('acts upon what others wrote, or upon what is no text, are refused and counted', async () => {
  const pair = await Pair.meet();
  const { a, b } = pair;
  const mine = a.say('mine');
  a.client.talk.setTimer({ contactId: '1', seconds: 60, clientId: null }, a.profile.later());
  pair.exchange();
  const own = { author: 'reader', contentId: contentId(a, mine) } as const;
  a.take(letter(40, { type: 'edit', ...every(), target: own, text: 'forged' }));
  a.take(letter(41, { type: 'delete', ...every(), target: own }));
  assert.deepEqual(a.dead(), ['content-refused', 'content-refused']);
  assert.equal(a.lines[0]?.text, 'mine');
  const timer = { author: 'writer', contentId: contentId(a, a.last.id) } as const;
  b.take(letter(42, { type: 'edit', ...every(), target: timer, text: 'forged' }));
  b.take(letter(43, { type: 'delete', ...every(), target: timer }));
  assert.equal(b.dead().length, 2);
  assert.equal(b.client.status(b.now).deadLetters, 2);
  const theirs = b.lines[0]?.id ?? '';
  const { talk } = b.client;
  assert.throws(
    () => talk.edit({ id: theirs, text: 'x', clientId: null }, b.now),
    code('message-not-yours'),
  );
  const everyone = { id: theirs, forEveryone: true, clientId: null };
  assert.throws(() => talk.delete(everyone, b.now), code('message-not-yours'));
});

test('acts that come before their line wait for it, 256 of a contact', async () => {
  const pair = await Pair.meet();
  const { a, b } = pair;
  const first = a.say('late');
  a.client.talk.edit({ id: first, text: 'later', clientId: null }, a.profile.later());
  a.client.talk.react({ id: first, emoji: 'ok', clientId: null }, a.profile.later());
  const [line, ...acts] = a.letters();
  for (const act of acts) b.take(act);
  assert.deepEqual(b.texts(), []);
  b.profile.restart();
  b.take(line ?? assert.fail());
  assert.deepEqual(b.texts(), ['later']);
  assert.deepEqual(seen(b, b.last.id), ['in ok']);
  for (let n = 0; n < MAX_WAITING_ACTS + 30; n++) {
    const target = { author: 'writer', contentId: id() } as const;
    b.take(letter(100 + n, { type: 'edit', ...every(), target, text: `w ${n}` }));
  }
  const waiting = () =>
    b.profile.store.get('SELECT count(*) AS n FROM messages WHERE waiting = 1')?.['n'];
  assert.equal(waiting(), MAX_WAITING_ACTS);
  // Ninety days are long enough.
  b.client.advance(b.profile.later(91 * 86_400_000));
  b.client.advance(b.profile.later());
  assert.equal(waiting(), 0);
});

test('every act is idempotent by its client id, also after a restart', async () => {
  const { a } = await Pair.meet();
  const first = a.say('one');
  const act = () => {
    a.client.talk.edit({ id: first, text: 'two', clientId: 'e' }, a.profile.later());
    a.client.talk.react({ id: first, emoji: '1', clientId: 'r' }, a.profile.later());
    a.client.talk.setTimer({ contactId: '1', seconds: 61, clientId: 't' }, a.profile.later());
    return a.client.talk.delete({ id: first, forEveryone: true, clientId: 'd' }, a.profile.later());
  };
  act();
  const { length } = a.profile.store.all('SELECT id FROM messages');
  a.profile.restart();
  act();
  assert.equal(a.profile.store.all('SELECT id FROM messages').length, length);
  assert.equal(a.last.timer, 61);
});

function find(side: Side, text: string) {
  return side.lines.find((line) => line.text === text) ?? assert.fail(text);
}

function seen(side: Side, message: string): string[] {
  return side.client
    .message(message)
    .reactions.map((one) => `${one.direction} ${one.emoji}`)
    .sort();
}

test('a reaction that gave way keeps its client id: the same call once more brings nothing back', async () => {
  const pair = await Pair.meet();
  const { a, b } = pair;
  const line = a.say('hello');
  pair.exchange();
  const react = (emoji: string, clientId: string) =>
    a.client.talk.react({ id: line, emoji, clientId }, a.profile.later());
  const shown = () => [a, b].map((side) => side.last.reactions.map(({ emoji }) => emoji));
  react('one', 'bot/1');
  // The second one gives way while it is under way.
  react('two', 'bot/2');
  const sent = a.letters();
  react('three', 'bot/3');
  for (const letter of sent) b.take(letter);
  a.delivered();
  pair.exchange();
  for (const ms of [0, HOUR, DAY]) {
    a.client.advance(a.profile.later(ms));
    a.profile.restart();
    for (const [n, emoji] of ['one', 'two', 'three'].entries()) react(emoji, `bot/${n + 1}`);
    assert.throws(
      () => a.client.talk.edit({ id: line, text: 'x', clientId: 'bot/1' }, a.profile.later()),
      code('client-id-used'),
    );
    pair.exchange();
    assert.deepEqual(shown(), [['three'], ['three']]);
  }
  assert.deepEqual(a.tablesWith('one'), [], 'the words of it are gone');
  a.client.advance(a.profile.later(101 * DAY));
  assert.equal(a.profile.store.all('SELECT id FROM messages WHERE type = 2').length, 1);
});

test('another name is told to whom one chooses, once, and used for whoever comes', async () => {
  const pair = await Pair.meet();
  const { a, b } = pair;
  const rename = (name: string, tell: 'all' | readonly string[]) =>
    a.client.talk.rename({ name, tell }, a.profile.later());
  rename('Al', []);
  assert.equal(a.client.status(a.now).profile, 'Al');
  assert.deepEqual(a.letters(), []);
  rename('Al', ['1']);
  rename('Al', 'all');
  pair.exchange();
  assert.deepEqual(
    b.lines.map((line) => [line.kind, line.text]),
    [['profile', 'Goes by the name of Al from now on.']],
  );
  assert.equal(b.client.contact('1').givenName, 'Al');
  assert.throws(() => rename('\u202e', []), code('name-invalid'));
  a.profile.restart();
  assert.equal(a.client.status(a.now).profile, 'Al');
});

test('a line of the own daemon about trust leaves in no reply and no reaction', async () => {
  const { a } = await Pair.meet();
  const { store } = a.profile;
  const deps = { store, rng, events: a.engine.messageList.events };
  store.transaction(() => addLine(deps, 1, 'They want to meet carol.', null, a.now));
  const { id: line, kind } = a.last;
  assert.equal(kind, 'trust');
  assert.throws(() => a.say('why her?', { replyTo: line }), code('message-local'));
  const react = { id: line, emoji: '\u2764', clientId: null };
  assert.throws(() => a.client.talk.react(react, a.profile.later()), code('message-local'));
  assert.deepEqual(a.letters(), []);
});

test('a client id stands for one act: repeats do nothing, any other call with it is refused', async () => {
  const { a } = await Pair.meet();
  const { talk } = a.client;
  const send = { contactId: '1', text: 'at eight', clientId: 'send' };
  const { id } = talk.send(send, a.profile.later());
  const other = a.say('other');
  const calls = {
    send: () => talk.send(send, a.profile.later()),
    react: (more = {}) =>
      talk.react({ id, emoji: '\u2764', clientId: 'react', ...more }, a.profile.later()),
    edit: (more = {}) =>
      talk.edit({ id, text: 'at nine', clientId: 'edit', ...more }, a.profile.later()),
    timer: (more = {}) =>
      talk.setTimer({ contactId: '1', seconds: 60, clientId: 'timer', ...more }, a.profile.later()),
    delete: (more = {}) =>
      talk.delete({ id: other, forEveryone: true, clientId: 'delete', ...more }, a.profile.later()),
  };
  calls.react();
  calls.edit();
  calls.timer();
  calls.delete();
  const letters = a.letters().length;
  for (const again of Object.values(calls)) again();
  assert.equal(a.letters().length, 0, `repeats of ${letters} say nothing`);
  const used = code('client-id-used');
  for (const clientId of Object.keys(calls)) {
    if (clientId !== 'react') assert.throws(() => calls.react({ clientId }), used, clientId);
    if (clientId !== 'edit') assert.throws(() => calls.edit({ clientId }), used, clientId);
    if (clientId !== 'timer') assert.throws(() => calls.timer({ clientId }), used, clientId);
    if (clientId !== 'delete') assert.throws(() => calls.delete({ id, clientId }), used, clientId);
  }
  assert.throws(() => calls.react({ emoji: '\u{1f622}' }), used);
  assert.throws(() => calls.edit({ text: 'at ten' }), used);
  assert.throws(() => calls.timer({ seconds: 0 }), used);
  assert.throws(() => calls.delete({ id }), used);
  assert.equal(a.client.message(id).text, 'at nine');
});
