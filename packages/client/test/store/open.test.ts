import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStore } from '@tacet/testkit';
import { Outbox } from '../../src/outbox/outbox.ts';
import { migrate } from '../../src/store/migrate.ts';
import { MIGRATIONS } from '../../src/store/schema.ts';

test('texts on their way are counted without looking at all old ones', () => {
  const store = new MemoryStore();
  migrate(store, MIGRATIONS);
  let counted = '';
  const spy = Object.create(store, {
    get: {
      value: (sql: string) => {
        counted = sql;
        return store.get(sql);
      },
    },
  });
  const outbox = Object.create(Outbox.prototype, { d: { value: { store: spy } } }) as Outbox;
  assert.equal(outbox.open, 0);
  const plan = store.all(`EXPLAIN QUERY PLAN ${counted}`).map(({ detail }) => String(detail));
  assert.equal(plan.length, 1);
  assert.match(plan[0] ?? '', /INDEX messages_open$/);
});
