import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MessageView } from '@tacet/api';
import { messageView } from '@tacet/testkit/views';
import fc from 'fast-check';
import { mergeNewest } from '../src/state/merge.ts';
import type { Pending } from '../src/state/store.ts';
import { rowsOf, stillWaiting } from '../src/ui/rows.ts';

const NOON = new Date(2026, 10, 21, 12, 0).getTime();

const message = (id: string, direction: 'in' | 'out', sentAt: number): MessageView =>
  messageView({
    id,
    direction,
    text: id,
    sentAt,
    state: direction === 'in' ? 'received' : 'queued',
  });

describe('rows', () => {
  it('days, the unread line and groups', () => {
    const rows = rowsOf(
      [
        message('a', 'in', NOON - 86_400_000),
        message('b', 'in', NOON),
        message('c', 'in', NOON + 60_000),
        message('d', 'in', NOON + 120_000),
        message('e', 'out', NOON + 130_000),
        message('f', 'out', NOON + 900_000),
      ],
      'd',
    );
    const text = rows.map((row) =>
      row.kind === 'message' ? `${row.first ? '[' : ''}${row.id}${row.last ? ']' : ''}` : row.kind,
    );
    assert.deepEqual(text, ['day', '[a]', 'day', '[b', 'c]', 'unread', '[d]', '[e]', '[f]']);
  });

  it('a text that already stands among the messages is not shown as waiting', () => {
    const pending: Pending = {
      clientId: '1',
      contactId: 'c',
      text: 'e',
      replyTo: null,
      at: NOON,
      visible: true,
      refusal: null,
    };
    const there = message('e', 'out', NOON + 10);
    assert.equal(stillWaiting([pending], 'c', []).length, 1);
    assert.equal(stillWaiting([pending], 'c', [there]).length, 0);
    assert.equal(stillWaiting([{ ...pending, refusal: 'no' }], 'c', [there]).length, 1);
    assert.equal(stillWaiting([{ ...pending, visible: false }], 'c', []).length, 0);
    assert.equal(stillWaiting([pending], 'other', []).length, 0);
  });
});

describe('the newest page joins what is there', () => {
  it('appends, and tells late arrivals from new ones', () => {
    assert.deepEqual(mergeNewest([], ['a', 'b']), { ids: ['a', 'b'], above: [], gap: false });
    assert.deepEqual(mergeNewest(['a', 'b'], ['b', 'c']), {
      ids: ['a', 'b', 'c'],
      above: [],
      gap: false,
    });
    assert.deepEqual(mergeNewest(['a', 'b', 'd'], ['b', 'late', 'd', 'e']), {
      ids: ['a', 'b', 'late', 'd', 'e'],
      above: ['late'],
      gap: false,
    });
    assert.deepEqual(mergeNewest(['a', 'b'], ['y', 'z']), {
      ids: ['y', 'z'],
      above: [],
      gap: true,
    });
  });

  it('never shows one twice and always ends as the page ends', () => {
    const log = fc.uniqueArray(fc.integer().map(String), { maxLength: 60 });
    fc.assert(
      fc.property(
        log,
        fc.nat(60),
        fc.nat(60),
        fc.integer({ min: 1, max: 60 }),
        (all, from, to, size) => {
          const known = all.slice(from, to);
          const page = all.slice(-size);
          const { ids } = mergeNewest(known, page);
          assert.equal(new Set(ids).size, ids.length);
          assert.deepEqual(ids.slice(ids.length - page.length), page);
        },
      ),
      { numRuns: Number(process.env['FC_RUNS'] ?? 100) },
    );
  });
});
