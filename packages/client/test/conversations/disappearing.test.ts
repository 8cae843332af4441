/** Messages that disappear, and what was read (docs/spec/14-content.md, 5 and 6). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, isAppError, MINUTE } from '@tacet/base';
import { Pair, type Side } from './pair.ts';

const code = (wanted: string) => (error: unknown) => isAppError(error, wanted);

function setTimer(side: Side, seconds: number): void {
  side.client.talk.setTimer({ contactId: '1', seconds, clientId: null }, side.profile.later());
}

/** As far as it goes: a turn takes only so much. */
function pass(side: Side, ms: number): void {
  side.client.advance(side.profile.later(ms));
  side.client.advance(side.profile.later());
}

async function withTimer(seconds: number): Promise<Pair> {
  const pair = await Pair.meet();
  setTimer(pair.a, seconds);
  pair.exchange();
  return pair;
}

test('timer: a line that both sides see, and what is written from then on carries it', async () => {
  const pair = await Pair.meet();
  const { a, b } = pair;
  a.say('before');
  setTimer(a, 3_600);
  pair.exchange();
  assert.equal(b.last.kind, 'timer');
  assert.equal(b.last.direction, 'in');
  assert.match(b.last.text, /1 hour/);
  const of = (side: Side) => side.client.conversations.get('1').settings.timer;
  assert.deepEqual([of(a), of(b)], [3_600, 3_600]);
  b.say('after');
  // Also while its time has not begun: whoever copies lines elsewhere leaves it out.
  assert.deepEqual(b.lines.map(({ lifetime, expiresAt }) => [lifetime, expiresAt]).slice(-2), [
    [null, null],
    [3_600, null],
  ]);
  pair.exchange();
  setTimer(b, 0);
  pair.exchange();
  b.say('off again');
  pair.exchange();
  assert.deepEqual([of(a), of(b)], [0, 0]);
  b.read();
  a.read();
  for (const side of [a, b]) {
    const ends = side.lines.map((line) => line.expiresAt !== null);
    assert.deepEqual(ends, [false, false, true, false, false]);
  }
  assert.throws(() => setTimer(a, 31_536_001), code('timer-invalid'));
});

test('timer: both sides change it at once, and both come to the same', async () => {
  const pair = await Pair.meet();
  const { a, b } = pair;
  setTimer(a, 60);
  setTimer(b, 120);
  pair.exchange();
  const of = (side: Side) => side.client.conversations.get('1').settings.timer;
  assert.equal(of(a), of(b));
  assert.deepEqual(
    a.lines.map((line) => line.timer),
    b.lines.map((line) => line.timer),
  );
});

test('disappearing: each side counts from its own moment', async () => {
  const pair = await withTimer(3_600);
  const { a, b } = pair;
  a.say('SECRET text');
  // Not delivered yet: it is still needed.
  pass(a, 2 * HOUR);
  assert.equal(a.last.text, 'SECRET text');
  pair.exchange();
  // Unread over there: it waits for its reader.
  pass(b, 2 * HOUR);
  assert.equal(b.last.text, 'SECRET text');
  b.read();
  pass(a, 30 * MINUTE);
  pass(b, 30 * MINUTE);
  assert.deepEqual([a.last.text, b.last.text], ['SECRET text', 'SECRET text']);
  // The daemon was not running when its time came.
  a.profile.now += HOUR;
  a.profile.restart();
  assert.ok((a.client.deadline() ?? Infinity) <= a.now);
  pass(a, 0);
  pass(b, HOUR);
  for (const side of [a, b]) {
    assert.equal(side.last.kind, 'timer');
    assert.deepEqual(side.tablesWith('SECRET'), []);
  }
  assert.deepEqual(b.client.search.find({ text: 'secret', limit: 10 }).hits, []);
});

test('disappearing: an unread message goes seven days and its time after it came', async () => {
  const pair = await withTimer(60);
  const { a, b } = pair;
  a.say('SECRET');
  pair.exchange();
  pass(b, 7 * DAY - HOUR);
  assert.equal(b.last.text, 'SECRET');
  pass(b, 2 * HOUR);
  assert.deepEqual(b.tablesWith('SECRET'), []);
});

test('disappearing: versions, reactions, quotes and late acts leave with it', async () => {
  const pair = await withTimer(60);
  const { a, b } = pair;
  const first = a.say('SECRET one');
  pair.exchange();
  setTimer(b, 0);
  pair.exchange();
  const line = b.lines.find(({ text }) => text === 'SECRET one') ?? assert.fail();
  const answer = b.say('what?', { replyTo: line.id });
  b.client.conversations.pinMessage(line.id, true, b.now);
  const draft = { text: 'a draft', replyTo: line.id };
  b.client.conversations.setDraft('1', draft, b.now);
  a.client.talk.edit({ id: first, text: 'SECRET two', clientId: null }, a.profile.later());
  pair.exchange();
  a.client.talk.edit({ id: first, text: 'SECRET three', clientId: null }, a.profile.later());
  const late = a.letters();
  b.read();
  pass(b, 2 * MINUTE);
  for (const letter of late) b.take(letter);
  a.delivered();
  pass(a, 2 * MINUTE);
  for (const side of [a, b]) assert.deepEqual(side.tablesWith('SECRET'), []);
  assert.equal(b.client.message(answer).replyTo?.proof, 'gone');
  assert.deepEqual(b.client.conversations.pinnedMessages('1'), []);
  assert.equal(b.client.conversations.get('1').draft?.replyTo, null);
  // What remains of it goes, too.
  const rows = () => b.profile.store.all('SELECT id FROM messages WHERE gone > 0').length;
  assert.equal(rows(), 1);
  pass(b, 101 * DAY);
  assert.equal(rows(), 0);
});

test('disappearing: many at once go in turns, and the next turn is due at once', async () => {
  const pair = await withTimer(60);
  const { a, b } = pair;
  for (let n = 0; n < 250; n++) a.say(`SECRET ${n}`);
  pair.exchange();
  b.read();
  b.client.advance(b.profile.later(MINUTE));
  assert.ok(b.tablesWith('SECRET').length > 0);
  assert.ok((b.client.deadline() ?? Infinity) <= b.now);
  b.client.advance(b.now);
  b.client.advance(b.now);
  assert.deepEqual(b.tablesWith('SECRET'), []);
});

test('disappearing: a clock that was ahead and is set back keeps nobody waiting', async () => {
  const pair = await withTimer(3_600);
  const { a, b } = pair;
  a.say('SECRET');
  pair.exchange();
  b.profile.now += 300 * DAY;
  b.read();
  b.profile.now -= 300 * DAY;
  b.client.advance(b.now);
  assert.equal(b.last.text, 'SECRET');
  pass(b, 61 * MINUTE);
  assert.deepEqual(b.tablesWith('SECRET'), []);
});

test('read receipts: nothing is told unless the reader chose to', async () => {
  const pair = await Pair.meet();
  const { a, b } = pair;
  a.say('one');
  pair.exchange();
  b.read();
  const told = () => b.engine.content.readReceipts.toTell(1);
  assert.equal(told(), null);
  b.client.conversations.settings('1', { readReceipts: true }, b.now);
  assert.equal(told(), 1);
});

test('read receipts: cumulative, in no order, never back, and never of more than was written', async () => {
  const pair = await Pair.meet();
  const { a, b } = pair;
  b.client.conversations.settings('1', { readReceipts: true }, b.now);
  const ids = ['one', 'two', 'three'].map((text) => a.say(text));
  pair.exchange();
  const told = () => b.engine.content.readReceipts.toTell(1);
  assert.equal(told(), null, 'nothing read, nothing told');
  b.read();
  assert.equal(told(), 3);
  assert.notEqual(b.profile.store.get('SELECT receipt_due FROM contacts')?.['receipt_due'], null);
  const states = () => ids.map((id) => a.client.message(id).state);
  a.hear({ readUpTo: 2 });
  assert.deepEqual(states(), ['read', 'read', 'delivered']);
  a.hear({ readUpTo: 1 });
  assert.deepEqual(states(), ['read', 'read', 'delivered']);
  a.hear({ readUpTo: Number.MAX_SAFE_INTEGER });
  assert.deepEqual(states(), ['read', 'read', 'read']);
  const after = a.say('four');
  const [letter] = a.letters();
  assert.equal(a.client.message(after).state, 'sending');
  b.take(letter ?? assert.fail());
  assert.equal(told(), 3, 'four is unread');
  assert.deepEqual(
    a.client.message(ids[0] ?? '').evidence.map(({ what }) => what),
    ['saved', 'read'],
  );
});

test('read receipts: a line that is missing holds the number back', async () => {
  const pair = await Pair.meet();
  const { a, b } = pair;
  b.client.conversations.settings('1', { readReceipts: true }, b.now);
  a.say('one');
  a.say('two');
  a.say('three');
  const [one, two, three] = a.letters();
  b.take(one ?? assert.fail());
  b.take(three ?? assert.fail());
  b.read();
  assert.equal(b.engine.content.readReceipts.toTell(1), 1);
  b.take(two ?? assert.fail());
  assert.equal(b.engine.content.readReceipts.toTell(1), 1);
  b.read();
  assert.equal(b.engine.content.readReceipts.toTell(1), 3);
});
