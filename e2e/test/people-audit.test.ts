/** What `npm run e2e -- people` finds when a store does not hold what was done. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageView } from '@tacet/testkit/views';
import { compare, type Kept, noFindings } from '../people/audit.ts';
import { controlsOn } from '../people/controls.ts';
import { type Line, textOf } from '../people/ledger.ts';
import { States } from '../restart/states.ts';

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

const foundOf = (messages: readonly Kept[], said: readonly Line[]): boolean[] =>
  controlsOn(messages, 'alice', said).map(({ found }) => found);

test('a fault planted for each of the four claims is found in a store that agrees', () => {
  const said = [ONE, TWO, THREE, FOUR];
  assert.deepEqual(foundOf([one, two, three, four], said), [true, true, true, true]);
  assert.deepEqual(foundOf([], []), [false, false, false, false], 'nothing to plant into');
  const uncaused = said.map((each) => ({ ...each, after: null }));
  assert.deepEqual(foundOf([one, two, three, four], uncaused), [true, true, false, true]);
  const foreign = [kept(ONE, { state: 'stored' }), two, three, four];
  assert.deepEqual(foundOf(foreign, said), [true, true, true, false], 'nothing was delivered');
});

test('a state that goes back, and a message that is gone, are found', () => {
  const back = (...states: Kept['state'][]): boolean => {
    const seen = new States();
    return states.some((state) => seen.see({ ...one, state }) !== null);
  };
  assert.equal(
    back('queued', 'sending', 'unconfirmed', 'stored', 'delivered', 'read', 'read'),
    false,
  );
  assert.equal(back('received', 'received'), false);
  const order = ['queued', 'sending', 'unconfirmed', 'stored', 'delivered', 'read'] as const;
  for (const [n, later] of order.entries()) {
    for (const earlier of order.slice(0, n)) assert.ok(back(later, earlier), `${later} ${earlier}`);
  }
  assert.ok(back('delivered', 'failed'));
  const states = new States();
  states.see(one);
  assert.deepEqual(states.gone(new Set(['2']), []), ['1']);
  assert.deepEqual(states.gone(new Set(['1']), []), []);
  assert.deepEqual(states.gone(new Set(), [one.contactId]), [], 'its messages may go');
});
