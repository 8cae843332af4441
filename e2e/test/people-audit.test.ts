/** What `npm run e2e -- people` finds when a store does not hold what was done. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageView } from '@tacet/testkit/views';
import { compare, noFindings } from '../people/audit.ts';
import type { Said } from '../people/ledger.ts';

const said = (text: string, from: string, after: string | null): Said => ({
  ...{ text, from, to: from === 'alice' ? 'bob' : 'alice', id: text, at: 1, chapter: '', after },
});
const SAID = [said('one', 'alice', null), said('two', 'bob', 'one'), said('three', 'bob', 'two')];
const own = messageView({ text: 'one', direction: 'out', state: 'delivered' });
const two = messageView({ text: 'two', direction: 'in', state: 'received' });
const three = messageView({ text: 'three', direction: 'in', state: 'received' });

function findings(messages: Parameters<typeof compare>[2]) {
  const lists = noFindings();
  compare('alice with bob', 'alice', messages, SAID, lists);
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
}

test('a store that holds what was said, in order and confirmed, is found to agree', () => {
  assert.deepEqual(findings([own, two, three]), {});
});

test('what is lost, twice, foreign, out of order, unconfirmed or turned is found, each by its name', () => {
  assert.deepEqual(Object.keys(findings([own, three])), ['lost']);
  assert.deepEqual(Object.keys(findings([own, two, three, two])), ['twice']);
  assert.deepEqual(Object.keys(findings([own, two, three, messageView({ text: 'four' })])), [
    'foreign',
  ]);
  assert.deepEqual(Object.keys(findings([own, three, two])), ['disordered']);
  assert.deepEqual(Object.keys(findings([{ ...own, state: 'stored' }, two, three])), ['untrue']);
  assert.deepEqual(Object.keys(findings([{ ...own, direction: 'in' }, two, three])), ['untrue']);
});
