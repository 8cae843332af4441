import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRng } from '@tacet/testkit';
import fc from 'fast-check';
import { Contacts } from '../../src/contacts/contacts.ts';
import { EventLog } from '../../src/events/log.ts';
import { MAX_TRUST_FACTS } from '../../src/limits.ts';
import { TrustFacts } from '../../src/trust/facts.ts';
import { afterFact, levelOf, type Standing, type TrustFact } from '../../src/trust/levels.ts';
import { migratedStore } from '../migrated-store.ts';

const FACTS: readonly TrustFact[] = [
  'introduced',
  'scanned',
  'number-same',
  'code-same',
  'number-differs',
  'code-differs',
  'code-differs-there',
  'withdrawn',
  'other-identity',
  'key-changed',
  'key-refused',
];
const RAISING: ReadonlySet<TrustFact> = new Set([
  'introduced',
  'scanned',
  'number-same',
  'code-same',
]);
const VERIFYING: ReadonlySet<TrustFact> = new Set(['scanned', 'number-same', 'code-same']);

function openStore() {
  const store = migratedStore();
  const seen: string[] = [];
  const events = new EventLog(store, ({ kind, subject }) => {
    if (kind === 'contact') seen.push(subject);
  });
  return {
    store,
    seen,
    contacts: new Contacts(store, events),
    trust: new TrustFacts(store, events, seededRng('facts')),
  };
}

test('property: trust is never gained or lost without a fact and an event that say so', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...FACTS), { maxLength: 40 }), (facts) => {
      const { store, seen, contacts, trust } = openStore();
      const id = store.transaction(() => contacts.create('bob', 'Bob', 1));
      let level = contacts.row(id)['trust'];
      assert.equal(level, 'link');
      for (const [n, fact] of facts.entries()) {
        const events = seen.length;
        store.transaction(() => trust.record(id, fact, n + 2));
        const now = contacts.row(id)['trust'];
        const newest = trust.list(id).at(-1);
        assert.deepEqual([newest?.what, newest?.at, newest?.level], [fact, n + 2, now]);
        assert.equal(seen.length, events + 1);
        if (now === 'verified' && level !== 'verified') assert.ok(VERIFYING.has(fact));
        const order = ['unverified', 'link', 'introduced', 'verified'];
        const step = order.indexOf(String(now)) - order.indexOf(String(level));
        if (step > 0) assert.ok(RAISING.has(fact), `${fact} raised ${level} to ${now}`);
        if (step < 0) assert.ok(!RAISING.has(fact), `${fact} lowered ${level} to ${now}`);
        level = now;
      }
    }),
    { numRuns: 60 },
  );
});

test('what each fact makes of a verified contact', () => {
  const verified: Standing = { base: 'link', verified: true, warning: null };
  const then = (fact: TrustFact) => {
    const next = afterFact(verified, fact);
    return [levelOf(next), next.warning];
  };
  assert.deepEqual(then('introduced'), ['verified', null]);
  assert.deepEqual(then('withdrawn'), ['link', null]);
  assert.deepEqual(then('number-differs'), ['unverified', 'number-differs']);
  assert.deepEqual(then('code-differs'), ['unverified', 'code-differs']);
  assert.deepEqual(then('code-differs-there'), ['unverified', 'code-differs']);
  assert.deepEqual(then('other-identity'), ['unverified', 'other-identity']);
  assert.deepEqual(then('key-changed'), ['unverified', 'key-changed']);
  assert.deepEqual(then('key-refused'), ['verified', 'key-refused']);
});

test('evidence is capped: how it began and how it stands are kept', () => {
  const { store, contacts, trust } = openStore();
  const id = store.transaction(() => contacts.create('bob', 'Bob', 1));
  for (let n = 0; n < 2 * MAX_TRUST_FACTS; n++) {
    store.transaction(() => trust.record(id, 'key-refused', n + 2));
  }
  const facts = trust.list(id);
  assert.equal(facts.length, MAX_TRUST_FACTS);
  assert.equal(facts[0]?.what, 'met-by-link');
  assert.equal(facts.at(-1)?.at, 2 * MAX_TRUST_FACTS + 1);
});
