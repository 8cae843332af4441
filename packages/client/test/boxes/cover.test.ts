/** Cover has the form, the copies and the life of what it covers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import { type BoxRecord, type Digest, type Mark, markOf } from '@tacet/wire';
import { Cover } from '../../src/boxes/cover.ts';
import type { Plan } from '../../src/rhythm/plan.ts';
import { A, B, fakeNetwork } from '../fake-network.ts';

const network = fakeNetwork({ coverPutPermille: 1_000 });

function markOfPut(plan: Plan): Mark {
  assert.ok(plan.request.kind === 'put');
  return markOf(plan.request.record.subarray(0, 32) as never);
}

test('rule 2.4: a cover box gets a second copy, a read back and two tombstones, like a real one', () => {
  const cover = new Cover(seededRng('cover'), () => network);
  const first = cover.next(0, true);
  assert.ok(first?.request.kind === 'put');
  first.settle({ status: 'stored', expiryDay: 1 } as never, 1_000);
  const mark = markOfPut(first);
  const record = first.request.record;
  const seen: { at: number; kind: string; edge: Uint8Array }[] = [];
  cover.onDigest({ edge: first.edge, marks: [mark] } as unknown as Digest, 6_000);
  for (let now = 6_000; now < 130 * MINUTE; now += 2_000) {
    const plan = cover.next(now, true);
    assert.ok(plan !== null);
    const { request } = plan;
    if (request.kind === 'put' && request.record !== record) continue;
    seen.push({ at: now, kind: request.kind, edge: plan.edge });
    if (request.kind !== 'get') plan.settle({ status: 'stored', expiryDay: 1 } as never, now);
    else {
      assert.ok(request.marks.some((one) => one === mark || Buffer.from(one).equals(mark)));
      const records = request.marks.map(
        (one): BoxRecord =>
          Buffer.from(one).equals(mark) ? record : (new Uint8Array(2_400) as BoxRecord),
      );
      plan.settle({ status: 'read', records } as never, now);
    }
  }
  const [read, copy, ...erased] = seen.toSorted((a, b) => a.at - b.at);
  const other = first.edge === A ? B : A;
  assert.deepEqual([read?.kind, read?.at], ['get', 6_000]);
  assert.deepEqual([copy?.kind, copy?.edge], ['put', other]);
  assert.ok(copy !== undefined && copy.at >= 6_000 && copy.at <= 65_000);
  assert.deepEqual(
    erased.map(({ kind }) => kind),
    ['tombstone', 'tombstone'],
  );
  assert.ok((erased[0]?.at ?? 0) >= 5 * MINUTE && (erased[0]?.at ?? 0) <= 61 * MINUTE);
});

test('rule 2.3: two idle slots of a hundred write a cover box, the rest read at any edge', () => {
  const plain = fakeNetwork();
  const cover = new Cover(seededRng('share'), () => plain);
  const count = { put: 0, a: 0, b: 0 };
  for (let n = 0; n < 20_000; n++) {
    const plan = cover.next(0, true);
    assert.ok(plan !== null);
    if (plan.what === 'cover-box') count.put++;
    else if (plan.edge === A) count.a++;
    else count.b++;
  }
  assert.ok(count.put > 320 && count.put < 480, `${count.put}`);
  // Chi-squared with one degree of freedom at p = 0.001.
  const half = (count.a + count.b) / 2;
  assert.ok(((count.a - half) ** 2 + (count.b - half) ** 2) / half < 10.83);
});

/** PUTs of one cover box until `end`, of which `answer` says what becomes. */
function triesOf(
  retries: (now: number) => boolean,
  answer: (n: number) => { readonly status: 'stored'; readonly expiryDay: number } | null,
  end = 10 * MINUTE,
): { readonly at: number; readonly edge: Uint8Array; readonly retry: boolean }[] {
  const cover = new Cover(seededRng('lost cover'), () => network);
  const first = cover.next(0, true);
  assert.ok(first?.request.kind === 'put');
  const { record } = first.request;
  const tries = [{ at: 0, edge: first.edge, retry: first.retry }];
  first.settle(answer(0), 1_000);
  for (let now = 2_000; now < end; now += 2_000) {
    const plan = cover.next(now, retries(now));
    if (plan?.request.kind !== 'put' || plan.request.record !== record) continue;
    tries.push({ at: now, edge: plan.edge, retry: plan.retry });
    plan.settle(answer(tries.length - 1), now + 1_000);
  }
  return tries;
}

test('rule 2.4: a cover PUT without answer is tried as often as one of a person', () => {
  const always = () => true;
  const names = (tries: ReturnType<typeof triesOf>) =>
    tries.map(({ edge, retry }) => `${edge === A ? 'A' : 'B'}${retry ? ' again' : ''}`);
  const [one, other] = names(triesOf(always, () => ({ status: 'stored', expiryDay: 1 })));
  assert.ok(one !== undefined && other !== undefined && one !== other);
  const lost = names(triesOf(always, () => null));
  assert.deepEqual(lost, [one, `${one} again`, `${other} again`, `${other} again`]);
  const second = triesOf(always, (n) => (n === 0 ? null : { status: 'stored', expiryDay: 1 }));
  assert.deepEqual(names(second), [one, `${one} again`, `${other} again`]);
});

test('rule 2.7: it is not tried again while nothing may be, and then once more', () => {
  const tries = triesOf(
    (now) => now >= 5 * MINUTE,
    (n) => (n === 0 ? null : { status: 'stored', expiryDay: 1 }),
  );
  assert.equal(tries.length, 3);
  assert.equal(tries[1]?.at, 5 * MINUTE);
});

test('rule 2.7: a late answer counts for a cover box as for one of a person', () => {
  const cover = new Cover(seededRng('late cover'), () => network);
  const stored = { status: 'stored', expiryDay: 1 } as const;
  const first = cover.next(0, true);
  assert.ok(first?.request.kind === 'put');
  const { record } = first.request;
  const next = (from: number, end: number): [number, Plan] | null => {
    for (let now = from; now < end; now += 1_000) {
      const plan = cover.next(now, true);
      if (plan?.request.kind === 'put' && plan.request.record === record) return [now, plan];
    }
    return null;
  };
  first.settle(null, 1_000);
  // Not tried again, but copied when it is time.
  first.late?.(stored, 1_001);
  const [at, copy] = next(1_001, 10 * MINUTE) ?? assert.fail();
  const { secondCopyMinMs } = network.current(0)?.parameters ?? assert.fail();
  assert.ok(at >= 1_001 + secondCopyMinMs, `${at}`);
  assert.notEqual(copy.edge, first.edge);
  copy.settle(null, at);
  const [then, again] = next(at, at + 10 * MINUTE) ?? assert.fail();
  assert.equal(again.retry, true);
  // The copy is known while it is being tried again: what becomes of that says nothing new.
  copy.late?.(stored, then + 1);
  again.settle(null, then + 2);
  assert.equal(next(then + 1_000, then + 10 * MINUTE), null);
});

test('256 errands of cover wait, the last ones, while nothing may be tried again', () => {
  const cover = new Cover(seededRng('errands'), () => network);
  const lost: Uint8Array[] = [];
  for (let n = 0; n < 400; n++) {
    const plan = cover.next(n, false);
    assert.ok(plan?.request.kind === 'put' && !plan.retry);
    lost.push(plan.request.record);
    // In the order in which they were lost.
    plan.settle(null, n * MINUTE);
  }
  const again: Uint8Array[] = [];
  for (let n = 0; n < 400; n++) {
    const plan = cover.next(1_000 * MINUTE, true);
    if (plan?.retry === true && plan.request.kind === 'put') again.push(plan.request.record);
  }
  assert.equal(again.length, 256);
  assert.deepEqual(new Set(again), new Set(lost.slice(-256)));
});
