/** A file that is no more while its line is under way: the line leaves all the same (docs/spec/19-files.md, 2). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeEnvelope } from '../../src/content/envelope.ts';
import { blob } from '../../src/store/rows.ts';
import { Pair, type Side } from '../conversations/pair.ts';
import { sendFile } from './sending.ts';

function contentId(side: Side, message: string): Uint8Array {
  const sql = 'SELECT content_id FROM messages WHERE id = ?';
  return blob(side.profile.store.get(sql, Number(message)) ?? {}, 'content_id');
}

test('deleted for everyone before its line left: the other side has a line that was deleted', async () => {
  const { a, b } = await Pair.meet();
  const id = sendFile(a, { text: 'for tomorrow' });
  a.client.talk.delete({ id, forEveryone: true, clientId: null }, a.profile.later());
  const letters = a.letters();
  assert.equal(letters.length, 2);
  for (const letter of letters) {
    const said = Buffer.from(letter.bytes).toString('latin1');
    assert.doesNotMatch(said, /plan\.txt|for tomorrow/);
    b.take(letter);
  }
  assert.equal(b.lines.length, 1);
  assert.notEqual(b.last.deletion, null);
  assert.deepEqual(b.dead(), []);
});

test('withdrawn before its line left: what it was is said as text, and nothing is offered', async () => {
  for (const [words, shown] of [
    ['for tomorrow', /^for tomorrow$/],
    ['', /plan\.txt/],
  ] as const) {
    const { a, b } = await Pair.meet();
    a.client.files.withdraw(sendFile(a, { text: words }), a.profile.later());
    for (const letter of a.letters()) b.take(letter);
    assert.equal(b.last.kind, 'text');
    assert.match(b.last.text, shown);
    assert.equal(b.last.file, null);
    assert.deepEqual(b.dead(), []);
  }
});

test('attack: a contact says that a file is there without a receipt of its line, which is then encrypted anew', async () => {
  const { a, b } = await Pair.meet();
  const id = sendFile(a);
  assert.equal(a.letters().length, 1);
  const here = { author: 'reader', word: 'here', round: 0, ranges: [] } as const;
  const fileWords = [{ ...here, contentId: contentId(a, id) }];
  a.take({ seq: 1, bytes: encodeEnvelope({ fileWords }) });
  assert.equal(a.client.message(id).file?.state, 'here');
  a.profile.store.run("UPDATE messages SET state = 'queued' WHERE id = ?", Number(id));
  const again = a.letters();
  assert.equal(again.length, 1);
  for (const letter of again) b.take(letter);
  assert.match(b.last.text, /plan\.txt/);
});
