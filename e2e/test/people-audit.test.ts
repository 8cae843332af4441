/** What `npm run e2e -- people` finds when a store does not hold what was done. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageView } from '@tacet/testkit/views';
import { compare, type Kept, noFindings } from '../people/audit.ts';
import { type Line, textOf } from '../people/ledger.ts';

const line = (number: number, from: string, more: Partial<Line> = {}): Line => {
  const to = from === 'alice' ? 'bob' : 'alice';
  return {
    ...{ number, from, to, id: `${number}`, at: 1, chapter: '', after: null, replyTo: null },
    ...{ versions: [textOf(number, from, to, 1)], reactions: new Map(), deleted: false },
    ...more,
  };
};

/** As it stands at alice. */
const kept = (one: Line, more: Partial<Kept> = {}): Kept => ({
  ...messageView({
    id: `${one.number}`,
    text: one.versions.at(-1) ?? '',
    direction: one.from === 'alice' ? 'out' : 'in',
    state: one.from === 'alice' ? 'delivered' : 'received',
  }),
  versions: one.versions.length,
  ...more,
});

const ONE = line(1, 'alice', { reactions: new Map([['bob', 'ha']]) });
const TWO = line(2, 'bob', { after: 1, replyTo: 1 });
const THREE = line(3, 'bob', { after: 2, versions: ['#3 a', '#3 b'] });
const FOUR = line(4, 'bob', { deleted: true });

const reply = { messageId: '1', direction: 'out', excerpt: '', proof: 'verified' } as const;
const one = kept(ONE, { reactions: [{ direction: 'in', emoji: 'ha', state: 'received' }] });
const two = kept(TWO, { replyTo: reply });
const three = kept(THREE);
const four = kept(FOUR, { text: '', deletion: { at: 1, kept: false, state: null } });

function findings(...messages: Kept[]): string[] {
  const lists = noFindings();
  compare('alice with bob', 'alice', messages, [ONE, TWO, THREE, FOUR], lists);
  return Object.entries(lists).flatMap(([name, list]) => (list.length > 0 ? [name] : []));
}

test('a store that holds what was said, in order and confirmed, is found to agree', () => {
  assert.deepEqual(findings(one, two, three, four), []);
});

test('what is lost, twice, foreign or out of order is found, each by its name', () => {
  assert.deepEqual(findings(one, two, four), ['lost']);
  assert.deepEqual(findings(one, two, three, four, two), ['twice']);
  assert.deepEqual(findings(one, two, three, four, kept(line(9, 'bob'))), ['foreign']);
  assert.deepEqual(findings(one, two, three, four, { ...one, text: 'hello' }), ['foreign']);
  assert.deepEqual(findings(one, three, two, four), ['disordered']);
});

test('whatever else differs from what was done is found as untrue', () => {
  const others: readonly (readonly Kept[])[] = [
    [{ ...one, state: 'stored' }, two, three, four],
    [{ ...one, reactions: [] }, two, three, four],
    [one, { ...two, direction: 'out' }, three, four],
    [one, { ...two, replyTo: null }, three, four],
    [one, { ...two, replyTo: { ...reply, messageId: '3' } }, three, four],
    [one, { ...two, replyTo: { ...reply, proof: 'differs' } }, three, four],
    [one, two, { ...three, text: '#3 a' }, four],
    [one, two, { ...three, versions: 1 }, four],
    [one, two, three],
    [one, two, three, kept(FOUR)],
  ];
  for (const [n, messages] of others.entries())
    assert.deepEqual(findings(...messages), ['untrue'], `${n}`);
});
