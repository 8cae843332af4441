/** The facts of a message are bounded: its beginning and its present stay. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Messages } from '../../src/conversations/messages.ts';
import { EventLog } from '../../src/events/log.ts';
import { MAX_EVIDENCE_ROWS } from '../../src/limits.ts';
import { migratedStore } from '../migrated-store.ts';

test('a message in trouble for weeks keeps its first facts and its newest, no more', () => {
  const store = migratedStore();
  store.run(
    `INSERT INTO contacts (id, name, given_name, trust, state, created_at, touched_at)
     VALUES (1, 'bob', 'bob', 'link', 'ready', 0, 0)`,
  );
  const messages = new Messages(store, new EventLog(store, () => undefined));
  const id = messages.addOwn(1, new Uint8Array(16), null, 'text', 0);
  const other = messages.addOwn(1, new Uint8Array(16).fill(1), null, 'other', 0);
  for (let n = 1; n <= 1_000; n++) messages.note(id, 'retry', 1, 1, n);
  const facts = messages.evidence(id);
  assert.equal(facts.length, MAX_EVIDENCE_ROWS);
  assert.equal(facts[0]?.what, 'saved');
  assert.deepEqual(
    facts.slice(1, 16).map(({ at }) => at),
    Array.from({ length: 15 }, (_, n) => n + 1),
  );
  assert.equal(facts.at(-1)?.at, 1_000);
  assert.equal(facts[16]?.at, 1_000 - (MAX_EVIDENCE_ROWS - 17));
  assert.equal(messages.evidence(other).length, 1);
});
