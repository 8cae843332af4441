import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Outbox } from '../../src/outbox/outbox.ts';
import { migratedStore } from '../migrated-store.ts';

test('texts on their way are counted without looking at all old ones', () => {
  const store = migratedStore();
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
