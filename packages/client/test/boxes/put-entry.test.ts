/** Tries of one box. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RelayHash } from '@tacet/directory';
import type { BoxRecord, Mark } from '@tacet/wire';
import { type PutEntry, targetOf } from '../../src/boxes/put-entry.ts';

const A = new Uint8Array(32).fill(1) as RelayHash;
const B = new Uint8Array(32).fill(2) as RelayHash;

const entry = (patch: Partial<PutEntry>): PutEntry => ({
  id: 1,
  owner: 'part',
  ref: 1,
  part: 0,
  priority: 0,
  contactId: 1,
  record: new Uint8Array(2_400) as BoxRecord,
  mark: new Uint8Array(8) as Mark,
  moves: 0,
  copies: 0,
  firstEdge: null,
  triesA: 0,
  triesB: 0,
  notBefore: 0,
  expiryDay: null,
  inFlight: false,
  ...patch,
});

test('rule 2.7: two tries an edge, four in all, then the content moves', () => {
  const tried: string[] = [];
  const put = entry({});
  for (;;) {
    const target = targetOf(put, [A, B]);
    if (target.kind !== 'try') {
      assert.equal(target.kind, 'exhausted');
      break;
    }
    tried.push(target.slot);
    if (target.slot === 'A') put.triesA++;
    else put.triesB++;
  }
  assert.deepEqual(tried, ['A', 'A', 'B', 'B']);
});

test('rule 2.4: the second copy goes to the other edge, whichever took the first', () => {
  assert.deepEqual(targetOf(entry({ copies: 1, firstEdge: A, triesA: 1 }), [A, B]), {
    kind: 'try',
    edge: B,
    slot: 'B',
  });
  assert.deepEqual(targetOf(entry({ copies: 1, firstEdge: B, triesA: 1, triesB: 1 }), [A, B]), {
    kind: 'try',
    edge: A,
    slot: 'A',
  });
});

test('a second copy is given up after its tries; two copies and a single edge are enough', () => {
  const spent = entry({ copies: 1, firstEdge: A, triesA: 1, triesB: 2 });
  assert.equal(targetOf(spent, [A, B]).kind, 'done');
  assert.equal(targetOf(entry({ copies: 2, firstEdge: A }), [A, B]).kind, 'done');
  assert.equal(targetOf(entry({ copies: 1, firstEdge: A, triesA: 1 }), [A, A]).kind, 'done');
  assert.equal(targetOf(entry({ triesA: 2 }), [A, A]).kind, 'exhausted');
});
