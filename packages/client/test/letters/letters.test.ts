/** Dead letters: what failed is listed with its reason, tried again once, and dismissed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeEnvelope } from '../../src/content/envelope.ts';
import { adviceOf } from '../../src/letters/sentences.ts';
import { num } from '../../src/store/rows.ts';
import { Pair, type Side } from '../conversations/pair.ts';

/** As when the ratchet cannot encrypt it. */
function fail(side: Side, id: string, reason = 'session-failed'): void {
  side.profile.store.transaction(() =>
    side.engine.messageList.advance(Number(id), 'failed', side.profile.later(), reason),
  );
}

/** Kept unread, as the inbox keeps it. */
function unread(
  side: Side,
  seq: number,
  reason: string,
  data: Uint8Array = Uint8Array.of(0),
): string {
  const { rowId } = side.profile.store.run(
    'INSERT INTO dead_letters (contact_id, seq, reason, data, at) VALUES (1, ?, ?, ?, ?)',
    ...[seq, reason, data, side.profile.later()],
  );
  return `in-${rowId}`;
}

function eventsOf({ client }: Side, kind: string): string[] {
  const { events } = client.readEvents({ cursor: 0, max: 500 });
  return events.filter((event) => event.kind === kind).map(({ subject }) => subject);
}

const contentIds = ({ profile }: Side, id: string) =>
  profile.store
    .all('SELECT hex(content_id) AS id, state FROM messages WHERE id = ?', Number(id))
    .map((row) => ({ ...row }));

test('what could not be sent is listed with why, and arrives once when it is tried again', async () => {
  const { a, b } = await Pair.meet();
  const id = a.say('never in clear');
  const before = contentIds(a, id);
  fail(a, id);
  assert.equal(a.client.status(a.now).deadLetters, 1);
  const [letter, ...others] = a.client.letters.list(null);
  assert.deepEqual(others, []);
  assert.deepEqual(
    [letter?.id, letter?.reason, letter?.text, letter?.kind, letter?.messageId, letter?.canRetry],
    [`out-${id}`, 'session-failed', 'never in clear', 'text', id, true],
  );
  assert.match(letter?.why ?? '', /could not be encrypted/);
  assert.match(letter?.what ?? '', /Try again/);
  assert.deepEqual(a.client.letters.list('bob'), [letter]);

  const retried = a.client.letters.retry(`out-${id}`, a.profile.later());
  assert.deepEqual([retried.state, retried.tries], ['retried', 1]);
  // Nothing more happens, however often it is asked for, and after a restart.
  a.profile.restart();
  assert.equal(a.client.letters.retry(`out-${id}`, a.profile.later()).tries, 1);
  assert.deepEqual(a.client.letters.list(null), []);
  assert.deepEqual(contentIds(a, id), [{ ...before[0], state: 'queued' }], 'the same content');
  const [post, ...more] = a.letters();
  assert.equal(more.length, 0);
  assert.ok(post);
  b.take(post);
  b.take({ ...post, seq: post.seq + 1 });
  assert.deepEqual(b.texts(), ['never in clear'], 'and never twice');
  a.delivered();
  assert.equal(a.client.letters.retry(`out-${id}`, a.profile.later()).state, 'over');
  assert.equal(a.client.message(id).state, 'delivered');
  const words = a.client.message(id).evidence.map(({ what }) => what);
  assert.deepEqual(words, ['saved', 'failed', 'retried']);
  assert.deepEqual(eventsOf(a, 'letter'), [`out-${id}`, `out-${id}`]);
});

test('acts that failed are letters, too, and do what they would have done', async () => {
  const pair = await Pair.meet();
  const { a, b } = pair;
  const id = a.say('helo');
  pair.exchange();
  a.client.talk.edit({ id, text: 'hello', clientId: null }, a.profile.later());
  const act = num(a.profile.store.get('SELECT max(id) AS id FROM messages') ?? {}, 'id');
  fail(a, String(act));
  const [letter] = a.client.letters.list(null);
  assert.deepEqual([letter?.kind, letter?.text, letter?.messageId], ['edit', 'hello', id]);
  a.client.letters.retry(letter?.id ?? '', a.profile.later());
  pair.exchange();
  assert.deepEqual(b.texts(), ['hello']);
});

test('a failed text that disappears is tried again with its whole time', async () => {
  const { a } = await Pair.meet();
  a.client.talk.setTimer({ contactId: '1', seconds: 60, clientId: null }, a.profile.later());
  const id = a.say('for a minute');
  fail(a, id);
  assert.notEqual(a.client.message(id).expiresAt, null, 'its clock began when it failed');
  a.client.letters.retry(`out-${id}`, a.profile.later(59_000));
  a.client.advance(a.profile.later(60_000));
  assert.equal(a.client.message(id).text, 'for a minute');
  fail(a, id);
  a.client.advance(a.profile.later(61_000));
  assert.deepEqual(a.client.letters.list(null), []);
  assert.equal(a.client.letters.retry(`out-${id}`, a.profile.later()).state, 'over', 'it is gone');
});

test('where trying again cannot help it is refused, and says what can be done', async () => {
  const { a } = await Pair.meet();
  const id = a.say('too late');
  fail(a, id, 'invitation-expired');
  const retry = (letter: string) => () => a.client.letters.retry(letter, a.profile.later());
  a.client.blockContact('bob', a.profile.later());
  assert.throws(retry(`out-${id}`), { code: 'contact-blocked' });
  a.client.unblockContact('bob', a.profile.later());
  a.profile.store.exec("UPDATE contacts SET state = 'ended'");
  const letter = a.client.letters.get(`out-${id}`);
  assert.deepEqual([letter.canRetry, letter.what.includes('new invitation')], [false, true]);
  assert.throws(retry(`out-${id}`), { code: 'letter-final' });
  for (const reason of ['content-refused', 'senseless-box', 'session-identity-changed']) {
    assert.throws(retry(unread(a, 0, reason)), { code: 'letter-final' }, reason);
  }
  for (const wrong of ['out-77', 'in-77', 'in-0', 'in--1', 'out-1e3', '', 'both-1']) {
    assert.throws(retry(wrong), { code: 'letter-unknown' }, wrong);
  }
});

test('every reason a letter can have says why and what can be done', () => {
  const came = ['session-undecryptable', 'session-duplicate', 'session-identity-changed'];
  const kept = ['session-failed', 'envelope-malformed', 'content-malformed', 'content-refused'];
  const said = new Set<string>();
  for (const reason of [...came, ...kept, 'senseless-box', 'of a later version']) {
    said.add(adviceOf('in', reason, false).why);
  }
  assert.equal(said.size, 9, 'each its own');
  for (const reason of ['session-failed', 'session-expired', 'session-identity-changed', 'other']) {
    for (const ended of [false, true]) {
      const { why, what } = adviceOf('out', reason, ended);
      assert.ok(why.endsWith('.') && what.endsWith('.'), reason);
    }
  }
});

test('what a later version can read is read once, when the user tries again', async () => {
  const { a } = await Pair.meet();
  const contentId = new Uint8Array(16).fill(7);
  const content = { type: 'text', contentId, sentAt: 1_000, text: 'of a later kind' } as const;
  // Kept by a version that knew less.
  const id = unread(a, 5, 'content-malformed', encodeEnvelope({ content, readUpTo: 9 }));
  const still = unread(a, 6, 'envelope-malformed');
  assert.equal(a.client.letters.retry(still, a.profile.later()).state, 'dead');
  assert.equal(a.client.letters.get(still).tries, 1);
  assert.equal(a.client.letters.retry(id, a.profile.later()).state, 'over');
  assert.equal(a.client.letters.retry(id, a.profile.later()).state, 'over');
  assert.deepEqual(a.texts(), ['of a later kind']);
  assert.equal(a.client.status(a.now).deadLetters, 1);
});

test('what could not be decrypted is tried again, and asked for', async () => {
  const { a } = await Pair.meet();
  a.profile.store.run(
    'INSERT INTO fragments (contact_id, seq, part, parts, data, at, idx, tried) VALUES (1, 4, 0, 1, ?, 0, 9, 1)',
    Uint8Array.of(1),
  );
  const id = unread(a, 4, 'session-undecryptable');
  assert.equal(a.client.letters.retry(id, a.profile.later()).state, 'dead');
  const [part] = a.profile.store.all('SELECT tried FROM fragments');
  assert.equal(part?.['tried'], 0);
  assert.notEqual(a.profile.store.get('SELECT receipt_due FROM contacts')?.['receipt_due'], null);
});

test('a dismissed letter is listed no more, in either direction, and its words go', async () => {
  const { a } = await Pair.meet();
  const id = a.say('never mind');
  fail(a, id);
  const came = unread(a, 3, 'envelope-malformed', new TextEncoder().encode('their words'));
  assert.equal(a.client.letters.list(null).length, 2);
  for (const letter of [`out-${id}`, came, came]) {
    a.client.letters.dismiss(letter, a.profile.later());
  }
  assert.deepEqual(a.client.letters.list(null), []);
  assert.equal(a.client.status(a.now).deadLetters, 0);
  assert.deepEqual(a.tablesWith('their words'), []);
  assert.equal(a.client.message(id).state, 'failed', 'the message says what became of it');
  assert.deepEqual(eventsOf(a, 'letter').slice(1), [`out-${id}`, came]);
  // Of an own one the user may think again.
  assert.equal(a.client.letters.retry(`out-${id}`, a.profile.later()).state, 'retried');
  fail(a, id);
  assert.equal(a.client.letters.list(null).length, 1, 'it failed once more');
});
