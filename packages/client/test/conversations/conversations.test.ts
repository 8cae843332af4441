/** Conversations as their owner arranges them: nothing of it is sent, all of it survives a restart. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, isAppError } from '@tacet/base';
import { MAX_PINNED, MAX_PINNED_MESSAGES } from '../../src/limits.ts';
import { Pair } from './pair.ts';
import { Profile } from './profile.ts';

const code = (wanted: string) => (error: unknown) => isAppError(error, wanted);
const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);

test('the list: pinned in order of pinning, then by newest message; archived ones apart', async () => {
  const p = await Profile.with('ann', 'bob', 'cat', 'dan');
  for (const name of ['dan', 'cat', 'bob', 'ann']) p.receive(name, 'hello');
  assert.deepEqual(names(p.client.conversations.list()), ['ann', 'bob', 'cat', 'dan']);
  p.client.conversations.pin('dan', true, p.later());
  p.client.conversations.pin('cat', true, p.later());
  p.client.conversations.archive('bob', true, p.later());
  p.restart();
  assert.deepEqual(names(p.client.conversations.list()), ['dan', 'cat', 'ann']);
  assert.deepEqual(names(p.client.conversations.list({ archived: true })), ['bob']);
  // Looking at a conversation does not move it.
  p.client.markRead('ann', p.later());
  assert.deepEqual(names(p.client.conversations.list()), ['dan', 'cat', 'ann']);
});

test('the list: what comes late is new, wherever it has its place', async () => {
  const { a, b } = await Pair.meet();
  a.say('written first');
  const [late] = a.letters();
  a.say('written then');
  const [soon] = a.letters();
  b.take(soon ?? assert.fail());
  const { conversations } = b.client;
  conversations.notes(b.profile.later());
  const note = { contactId: '2', text: 'a note', clientId: null };
  b.client.talk.send(note, b.profile.later());
  assert.deepEqual(names(conversations.list()), ['Notes to self', 'alice']);
  b.take(late ?? assert.fail());
  assert.deepEqual(names(conversations.list()), ['alice', 'Notes to self']);
  assert.equal(conversations.get('alice').lastMessage?.text, 'written then');
  b.read();
  b.client.talk.react({ id: b.last.id, emoji: '!', clientId: null }, b.profile.later());
  b.client.talk.send({ ...note, text: 'another' }, b.profile.later());
  assert.deepEqual(names(conversations.list()), ['Notes to self', 'alice']);
});

test('what is archived comes back with a message, unless it is muted, and when its owner writes', async () => {
  const p = await Profile.with('ann', 'bob', 'cat');
  const { conversations } = p.client;
  for (const name of ['ann', 'bob', 'cat']) conversations.archive(name, true, p.now);
  conversations.mute('bob', { until: null, mentions: false }, p.now);
  conversations.mute('cat', { until: p.now + HOUR, mentions: false }, p.now);
  for (const name of ['ann', 'bob', 'cat']) p.receive(name, 'hello');
  assert.deepEqual(names(conversations.list()), ['ann']);
  p.later(DAY);
  p.receive('cat', 'an hour is over');
  p.send('2', 'I write myself');
  assert.deepEqual(names(conversations.list()), ['bob', 'cat', 'ann']);
});

test('pins have caps, and a cap moves nothing', async () => {
  const all = Array.from({ length: MAX_PINNED + 1 }, (_, n) => `p${n}`);
  const p = await Profile.with(...all);
  const { conversations } = p.client;
  for (const name of all.slice(1)) conversations.pin(name, true, p.now);
  conversations.pin('p1', true, p.now);
  assert.throws(() => conversations.pin('p0', true, p.now), code('pins-full'));
  assert.equal(conversations.get('p0').pinned, false);
  const ids = Array.from({ length: MAX_PINNED_MESSAGES + 1 }, (_, n) => p.send('1', `text ${n}`));
  for (const id of ids.slice(1)) conversations.pinMessage(id, true, p.now);
  assert.throws(() => conversations.pinMessage(ids[0] ?? '', true, p.now), code('pins-full'));
  conversations.pinMessage(ids[3] ?? '', false, p.now);
  conversations.pinMessage(ids[0] ?? '', true, p.now);
  const pinned = conversations.pinnedMessages('p0').map(({ id }) => id);
  assert.equal(pinned[0], ids[0]);
  assert.equal(pinned.length, MAX_PINNED_MESSAGES);
});

test('what is no line cannot be pinned: a reaction, or a number that nothing has', async () => {
  const p = await Profile.with('ann');
  const id = p.receive('ann', 'hello');
  p.client.talk.react({ id, emoji: '+', clientId: null }, p.now);
  const act = p.store.get('SELECT id FROM messages WHERE listed = 0');
  for (const other of [String(act?.['id']), '999']) {
    assert.throws(
      () => p.client.conversations.pinMessage(other, true, p.now),
      code('message-unknown'),
    );
  }
  assert.deepEqual(p.client.conversations.pinnedMessages('ann'), []);
});

test('a draft is kept in the profile, and goes with the text that is sent', async () => {
  const p = await Profile.with('ann', 'bob');
  const asked = p.receive('ann', 'when?');
  p.client.conversations.setDraft('ann', { text: 'at eight', replyTo: asked }, p.later());
  const elsewhere = () =>
    p.client.conversations.setDraft('bob', { text: 'x', replyTo: asked }, p.now);
  assert.throws(elsewhere, code('message-unknown'));
  p.restart();
  const draft = p.client.conversations.get('ann').draft;
  assert.deepEqual(draft, { text: 'at eight', replyTo: asked, at: p.now });
  p.send('1', 'something else first');
  assert.notEqual(p.client.conversations.get('ann').draft, null);
  p.send('1', 'at eight');
  assert.equal(p.client.conversations.get('ann').draft, null);
  const long = { text: 'x'.repeat(16_385) };
  assert.throws(() => p.client.conversations.setDraft('ann', long, p.now), code('text-too-long'));
});

test('settings: what is left out stays', async () => {
  const p = await Profile.with('ann');
  const { conversations } = p.client;
  assert.deepEqual(conversations.get('ann').settings, {
    readReceipts: false,
    obeyDelete: true,
    fetchBytes: 262_144,
    timer: 0,
  });
  conversations.settings('ann', { readReceipts: true }, p.now);
  conversations.settings('ann', { obeyDelete: false, fetchBytes: 0 }, p.now);
  assert.deepEqual(conversations.get('ann').settings, {
    readReceipts: true,
    obeyDelete: false,
    fetchBytes: 0,
    timer: 0,
  });
});

test('notes to self: one conversation, all methods, nothing on its way to the network', async () => {
  const p = await Profile.with('ann');
  const notes = p.client.conversations.notes(p.now);
  assert.equal(notes.kind, 'self');
  assert.equal(p.client.conversations.notes(p.now).id, notes.id);
  const first = p.send(notes.id, 'buy bread', 'note-1');
  assert.equal(p.send(notes.id, 'buy bread', 'note-1'), first);
  const { state, direction, evidence } = p.client.message(first);
  assert.deepEqual(
    [state, direction, evidence.map(({ what }) => what)],
    ['received', 'out', ['saved']],
  );
  assert.equal(p.client.status(p.now).outbox, 0);
  assert.equal(p.client.status(p.now).deliveryP50, null);
  assert.deepEqual(names(p.client.contacts()), ['ann']);
  assert.deepEqual(names(p.client.conversations.list()), ['Notes to self', 'ann']);
  p.client.conversations.setDraft(notes.id, { text: 'and milk' }, p.now);
  p.client.conversations.pin(notes.id, true, p.now);
  p.client.conversations.pinMessage(first, true, p.now);
  for (let day = 0; day < 40; day++) p.client.advance(p.later(DAY));
  assert.equal(
    p.client.drain().some(({ kind }) => kind !== 'event'),
    false,
  );
  assert.throws(() => p.client.dismissMeeting(notes.id, p.now), code('contact-met'));
  p.restart();
  assert.equal(p.client.messages({ contactId: notes.id, limit: 10 }).length, 1);
});

test('what is deleted or disappears is no longer pinned, nor answered by a draft', async () => {
  const p = await Profile.with('ann');
  const { conversations, talk } = p.client;
  const [mine, theirs] = [p.send('1', 'mine'), p.receive('ann', 'theirs')];
  for (const id of [mine, theirs]) conversations.pinMessage(id, true, p.later());
  conversations.setDraft('ann', { text: 'well', replyTo: theirs }, p.later());
  talk.delete({ id: mine, forEveryone: true, clientId: null }, p.later());
  assert.deepEqual(
    conversations.pinnedMessages('ann').map(({ id }) => id),
    [theirs],
  );
  talk.delete({ id: theirs, forEveryone: false, clientId: null }, p.later());
  assert.deepEqual(conversations.pinnedMessages('ann'), []);
  assert.equal(conversations.get('ann').draft?.replyTo, null);
  const gone = (): unknown =>
    conversations.setDraft('ann', { text: 'well', replyTo: theirs }, p.later());
  assert.throws(gone, code('message-unknown'), 'nor does a draft begin to answer it');
  assert.equal(conversations.get('ann').draft?.text, 'well');
});

test('around a message: what stands above and below it, and whether there is more', async () => {
  const p = await Profile.with('ann');
  const ids = Array.from({ length: 9 }, (_, n) => p.receive('ann', `line ${n}`));
  const around = (index: number, limit: number) => {
    const { messages, older, newer } = p.client.conversations.around(ids[index] ?? '', limit);
    return [messages.map(({ id }) => ids.indexOf(id)), older, newer];
  };
  assert.deepEqual(around(4, 2), [[2, 3, 4, 5, 6], true, true]);
  assert.deepEqual(around(1, 3), [[0, 1, 2, 3, 4], false, true]);
  assert.deepEqual(around(8, 8), [[0, 1, 2, 3, 4, 5, 6, 7, 8], false, false]);
  assert.throws(() => p.client.conversations.around('99', 1), code('message-unknown'));
});

test('a client id stands for one message: repeats answer it, another text or contact is refused', async () => {
  const p = await Profile.with('ann', 'bob');
  const said = p.receive('ann', 'a question');
  const other = p.receive('ann', 'another one');
  const send = (contactId: string, text: string, replyTo?: string) => {
    const reply = replyTo === undefined ? {} : { replyTo };
    const request = { contactId, text, clientId: 'bot/1', ...reply };
    return p.client.sendText(request, p.later()).id;
  };
  const answer = p.client.sendText(
    { contactId: '1', text: 'yes', clientId: 'bot/2', replyTo: said },
    p.later(),
  ).id;
  const again = (replyTo: string) =>
    p.client.sendText({ contactId: '1', text: 'yes', clientId: 'bot/2', replyTo }, p.later()).id;
  assert.equal(again(said), answer);
  assert.throws(() => again(other), code('client-id-used'));
  assert.throws(
    () => p.client.sendText({ contactId: '1', text: 'yes', clientId: 'bot/2' }, p.later()),
    code('client-id-used'),
  );
  const first = send('1', 'once');
  p.restart();
  assert.equal(send('ann', 'once'), first);
  assert.throws(() => send('1', 'another text'), code('client-id-used'));
  assert.throws(() => send('bob', 'once'), code('client-id-used'));
  assert.throws(() => send('1', 'once', said), code('client-id-used'));
  assert.equal(p.client.messages({ contactId: '1', limit: 9 }).length, 4);
  p.client.talk.edit({ id: first, text: 'twice', clientId: null }, p.later());
  assert.equal(send('1', 'once'), first);
});
