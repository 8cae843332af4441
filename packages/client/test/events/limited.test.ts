/** Cursors of a limited token count what it may see, and say nothing of the rest. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import fc from 'fast-check';
import { LimitedEvents } from '../../src/events/limited.ts';
import { EventLog } from '../../src/events/log.ts';
import { MAX_KEPT_EVENTS } from '../../src/limits.ts';
import { migratedStore } from '../migrated-store.ts';

const RUNS = { numRuns: Math.ceil(Number(process.env['FC_RUNS'] ?? 100) / 5) };

/** Contacts 1 to 3; a token for the first two. */
function fresh() {
  const store = migratedStore();
  for (const id of [1, 2, 3]) {
    store.run(
      `INSERT INTO contacts (id, name, given_name, trust, state, created_at, touched_at)
       VALUES (?, ?, 'x', 'link', 'ready', 0, 0)`,
      ...[id, `contact ${id}`],
    );
  }
  store.exec(`INSERT INTO tokens (id, name, hash, scopes, limited, created_at)
    VALUES (4, 'bot', x'00', 'read', 1, 0)`);
  store.exec('INSERT INTO token_contacts VALUES (4, 1), (4, 2)');
  const log = new EventLog(store, () => undefined);
  const events = new LimitedEvents(store, log, '4');
  const happen = (id: number, count = 1): void => {
    for (let n = 0; n < count; n++) log.append(0, id === 0 ? 'network' : 'contact', String(id));
  };
  return { store, log, events, happen };
}

const subjects = (page: { events: readonly { subject: string }[] }) =>
  page.events.map(({ subject }) => subject);

test('a limited token cannot tell whether anything happened with others', () => {
  const acts = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 20 });
  fc.assert(
    fc.property(acts, fc.integer({ min: 1, max: 4 }), (history, max) => {
      const [all, own] = [fresh(), fresh()];
      for (const who of history) {
        all.happen(who);
        if (who === 1 || who === 2) own.happen(who);
        // The control is a log in which nothing else ever happened.
        assert.equal(all.events.newest(), own.events.newest());
        let cursor = 0;
        for (;;) {
          const page = all.events.read({ cursor, max });
          assert.deepEqual(page, own.events.read({ cursor, max }));
          if (page.events.length === 0) break;
          cursor = page.cursor;
        }
      }
      const [count, seen] = [all.events.newest(), Math.ceil(all.events.newest() / 2)];
      for (const { events } of [all, own]) {
        events.acknowledge('token-4/bot', seen);
        assert.equal(events.acknowledged('token-4/bot'), seen);
        assert.throws(
          () => events.read({ cursor: count + 1, max }),
          (error) => isAppError(error, 'cursor-ahead'),
        );
      }
    }),
    RUNS,
  );
});

test('who died goes on where it acknowledged, and is told what of its own is gone', () => {
  const { store, log, events, happen } = fresh();
  happen(1, 3);
  happen(3, 5);
  happen(2);
  events.acknowledge('token-4/bot', 2);
  const page = events.read({ cursor: events.acknowledged('token-4/bot'), max: 9 });
  assert.deepEqual([subjects(page), page.cursor, page.lost], [['1', '2'], 4, 0]);
  assert.deepEqual(
    page.events.map(({ cursor }) => cursor),
    [3, 4],
  );
  // What all have seen is acknowledged as all of the log, so that it can be forgotten.
  events.acknowledge('token-4/bot', 4);
  assert.equal(log.acknowledged('token-4/bot'), log.newest());
  assert.equal(events.acknowledged('token-4/bot'), 4);
  store.exec(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MAX_KEPT_EVENTS})
     INSERT INTO events (at, kind, subject) SELECT 0, 'network', 'x' FROM n`,
  );
  // Before the next look at what can be forgotten another of its own comes.
  happen(2);
  events.acknowledge('token-4/bot', 5);
  happen(0, 1_000);
  const later = events.read({ cursor: 3, max: 9 });
  assert.deepEqual([subjects(later), later.oldest, later.lost], [['2'], 5, 1]);
  assert.equal(events.newest(), 5);
  assert.equal(events.acknowledged('token-4/bot'), 5);
  // A contact that goes takes its events along, and no number comes again.
  store.exec('DELETE FROM contacts WHERE id = 2');
  assert.deepEqual([events.newest(), subjects(events.read({ cursor: 5, max: 9 }))], [5, []]);
  happen(1);
  assert.deepEqual(subjects(events.read({ cursor: 5, max: 9 })), ['1']);
});
