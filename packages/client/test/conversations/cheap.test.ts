/**
 * What a received text costs (decision 0122): no statement on its way runs a trigger, for which SQLite
 * keeps every changed page aside, or gathers rows in a table of its own first.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SqlValue } from '../../src/ports.ts';
import { Pair } from './pair.ts';

/** Written only where a partial index of texts under way is concerned, and these are received. */
const ALLOWED = /^INSERT INTO messages /;

test('a received text runs no trigger and makes no table', async () => {
  const { a, b } = await Pair.meet();
  a.say('first');
  for (const letter of a.letters()) b.take(letter);
  a.say('an answer to it', { replyTo: a.last.id });
  const { store } = b.profile;
  const seen = new Set<string>();
  for (const name of ['run', 'get', 'all'] as const) {
    const was = store[name].bind(store) as (sql: string, ...params: SqlValue[]) => unknown;
    Object.defineProperty(store, name, {
      configurable: true,
      value: (sql: string, ...params: SqlValue[]) => {
        seen.add(sql);
        return was(sql, ...params);
      },
    });
  }
  for (const letter of a.letters()) b.take(letter);
  for (const name of ['run', 'get', 'all'] as const) Reflect.deleteProperty(store, name);
  assert.deepEqual(b.texts(), ['first', 'an answer to it']);
  assert.ok(seen.size > 20, `${seen.size} statements`);
  for (const sql of seen) {
    const params = Array.from(sql.match(/\?/g) ?? [], () => 1);
    const steps = store.all(`EXPLAIN ${sql}`, ...params).map((row) => String(row['opcode']));
    assert.ok(!steps.includes('Program'), `a trigger: ${sql}`);
    const isTable = steps.includes('OpenEphemeral') && !ALLOWED.test(sql.trimStart());
    assert.ok(!isTable, `a table of its own: ${sql}`);
  }
});
