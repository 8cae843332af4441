/** A writer whose disk lost a part of a file, and one whose line waits (docs/spec/19-files.md, 3). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryCells } from '@tacet/testkit';
import type { PutQueue } from '../../src/boxes/puts.ts';
import { FileTable } from '../../src/files/table.ts';
import type { FileWord } from '../../src/files/words.ts';
import { FileWriter } from '../../src/files/writer.ts';
import { fakeNetwork } from '../fake-network.ts';
import { contactStore } from '../streams/stream-pair.ts';

/** An own file of five bytes that is to be written, its line in this state. */
function setUp(lineState: string) {
  const store = contactStore();
  const contentId = new Uint8Array(16).fill(1);
  store.run(
    `INSERT INTO messages (id, contact_id, content_id, direction, type, text, sent_at, state)
     VALUES (1, 1, ?, 'out', 16, '', 0, ?)`,
    contentId,
    lineState,
  );
  const table = new FileTable(store);
  const [secret, key, tree] = [2, 3, 4].map((fill) => new Uint8Array(32).fill(fill));
  assert.ok(secret !== undefined && key !== undefined && tree !== undefined);
  const id = table.add({ direction: 'out', state: 'writing', size: 5, secret, key, tree }, 0);
  table.belongs(id, { messageId: 1, contactId: 1, contentId, tree });
  table.cellFor(id, 0);
  table.held(id, 0);

  const said: Pick<FileWord, 'word' | 'round' | 'ranges'>[] = [];
  const alarms: string[] = [];
  const puts = {
    first: () => ({ next: () => null }),
    register: () => undefined,
    count: () => 0,
    cancel: () => undefined,
  };
  const writer = new FileWriter({
    store,
    table,
    puts: puts as unknown as PutQueue,
    network: () => fakeNetwork(),
    say: (_file, word) => said.push(word),
    changed: () => undefined,
    transfer: () => false,
    alarm: (code) => alarms.push(code),
    kick: () => undefined,
  });
  return { store, table, id, said, alarms, writer };
}

test('a small file whose line is still to be encrypted is written as soon as that has left', () => {
  const { store, writer } = setUp('queued');
  writer.next(0, false);
  assert.equal(writer.nextCellJob(), null, 'nobody could know its boxes yet');
  store.run("UPDATE messages SET state = 'sending'");
  writer.next(1, false);
  assert.notEqual(writer.nextCellJob(), null);
});

test('an own file whose bytes are damaged ends at both sides', async () => {
  const { store, table, id, said, alarms, writer } = setUp('sent');
  writer.next(0, false);
  const { commit } = (await writer.nextCellJob()?.run(new MemoryCells())) ?? {};
  store.transaction(() => commit?.(0));
  assert.deepEqual(alarms, ['cell-unreadable']);
  const { state, reason } = table.get(id) ?? {};
  assert.deepEqual({ state, reason }, { state: 'lost', reason: 'cell-unreadable' });
  assert.deepEqual(said, [{ word: 'withdrawn', round: 0, ranges: [] }]);
});
