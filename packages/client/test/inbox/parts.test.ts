/** A sequence that was encrypted anew: parts of old and new boxes come in any order, some never. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, utf8 } from '@tacet/base';
import fc from 'fast-check';
import { encodeEnvelope } from '../../src/content/envelope.ts';
import { Inbox } from '../../src/inbox/inbox.ts';
import { ReceivedSet } from '../../src/inbox/received.ts';
import type { SessionPort } from '../../src/ports.ts';
import { sessionRecords } from '../../src/sessions/jobs.ts';
import { migratedStore } from '../migrated-store.ts';

interface Part {
  readonly generation: number;
  readonly part: number;
  readonly parts: number;
  readonly index: number;
}

/** Parts of three encryptions, the last of them whole, in the order of `order`. */
const arrivals = fc
  .tuple(fc.constantFrom(2, 3, 5), fc.constantFrom(2, 3, 5), fc.constantFrom(2, 3, 5))
  .chain((sizes) => {
    let index = 0;
    const all = sizes.flatMap((parts, generation) =>
      Array.from(
        { length: parts },
        (_, part): Part => ({ generation, part, parts, index: index++ }),
      ),
    );
    const last = all.filter((one) => one.generation === 2);
    const old = all.filter((one) => one.generation < 2);
    return fc
      .subarray(old)
      .chain((some) =>
        fc.shuffledSubarray([...some, ...last], { minLength: some.length + last.length }),
      );
  });

/** An inbox with one contact, 1. */
function makeInbox(onEnvelope: () => void = () => undefined) {
  const store = migratedStore();
  store.exec(
    `INSERT INTO contacts (id, name, given_name, trust, state, created_at, touched_at)
     VALUES (1, 'a', 'a', 'link', 'ready', 0, 0)`,
  );
  const inbox = new Inbox(store, new ReceivedSet(store), {
    onEnvelope,
    onDuplicate: () => undefined,
    onLetter: () => undefined,
    onDeadLetter: () => undefined,
    onWork: () => undefined,
  });
  return { store, inbox };
}

async function read(parts: readonly Part[]): Promise<{ texts: number; left: number }> {
  let texts = 0;
  const { store, inbox } = makeInbox(() => {
    texts += 1;
  });
  const port = {
    decrypt: async (_records: unknown, _peer: string, data: Uint8Array) => {
      const told = new Set(
        Buffer.from(data)
          .toString()
          .match(/g[0-2]/g),
      );
      // Chains of the first two are forgotten; a mixture never opens.
      if (told.size !== 1 || !told.has('g2'))
        throw new AppError('session-undecryptable', 'input', 'x');
      return { plaintext: encodeEnvelope({ hello: true }), identityKey: data, writes: new Map() };
    },
  } as unknown as SessionPort;
  for (const { generation, part, parts: n, index } of parts) {
    const data = utf8(`g${generation}p${part}`);
    inbox.onContent(1, { kind: 'part', seq: 1, part, parts: n, data }, index, index);
    for (let work = inbox.nextJob(); work !== null; work = inbox.nextJob()) {
      try {
        const { commit } = await work.run(port, sessionRecords(store));
        store.transaction(() => commit(index));
      } catch (error) {
        const { fail } = work;
        store.transaction(() => fail(error, index));
      }
    }
  }
  return { texts, left: store.all('SELECT * FROM fragments').length };
}

test('rule 3.5: a text encrypted anew is read once, in whatever order parts of all its encryptions come', async () => {
  await fc.assert(
    fc.asyncProperty(arrivals, async (parts) => {
      assert.deepEqual(await read(parts), { texts: 1, left: 0 });
    }),
    { numRuns: Number(process.env['FC_RUNS'] ?? 100) },
  );
});

test('what a contact leaves unreadable is bounded', async () => {
  const { store, inbox } = makeInbox();
  for (let seq = 1; seq <= 200; seq++) {
    inbox.onContent(1, { kind: 'part', seq, part: 0, parts: 1, data: utf8('x') }, seq, seq);
    const work = inbox.nextJob();
    assert.ok(work !== null);
    const { fail } = work;
    store.transaction(() => fail(new AppError('session-undecryptable', 'input', 'x'), seq));
    assert.equal(inbox.nextJob(), null, 'no job is repeated for ever');
  }
  assert.equal(store.all('SELECT * FROM fragments').length, 32);
  assert.equal(store.all('SELECT * FROM dead_letters').length, 100);
});

test('what is named unreadable: whole, of one encryption, tried in vain, sixteen at most', () => {
  const { store, inbox } = makeInbox();
  const bring = (seq: number, boxes: readonly (readonly [part: number, index: number])[]): void => {
    for (const [part, index] of boxes) {
      const data = utf8(`${seq} ${part} ${index}`);
      inbox.onContent(1, { kind: 'part', seq, part, parts: 2, data }, index, index);
    }
    const work = inbox.nextJob();
    if (work === null) return;
    store.transaction(() => work.fail(new AppError('session-undecryptable', 'input', 'x'), 0));
  };
  bring(1, [[0, 10]]);
  // Parts of two encryptions: the others of either may still come.
  bring(2, [
    [0, 20],
    [1, 25],
  ]);
  assert.deepEqual(inbox.unreadable(1), []);
  bring(3, [
    [1, 31],
    [0, 30],
  ]);
  assert.deepEqual(inbox.unreadable(1), [{ seq: 3, index: 31 }]);
  assert.deepEqual(inbox.unreadable(2), []);
  for (let seq = 4; seq < 30; seq++) {
    bring(seq, [
      [0, 10 * seq],
      [1, 10 * seq + 1],
    ]);
  }
  assert.equal(inbox.unreadable(1).length, 16);
});

test('32 unfinished ciphertexts of one contact are kept, the newest ones; another contact loses none', () => {
  const { store, inbox } = makeInbox();
  store.exec(
    `INSERT INTO contacts (id, name, given_name, trust, state, created_at, touched_at)
     VALUES (2, 'b', 'b', 'link', 'ready', 0, 0)`,
  );
  const part = (contact: number, seq: number): void =>
    inbox.onContent(contact, { kind: 'part', seq, part: 0, parts: 2, data: utf8('x') }, seq, seq);
  part(2, 1);
  for (let seq = 1; seq <= 40; seq++) part(1, seq);
  const kept = (contact: number): unknown[] =>
    store
      .all(`SELECT seq FROM fragments WHERE contact_id = ${contact} ORDER BY seq`)
      .map(({ seq }) => seq);
  assert.deepEqual(
    kept(1),
    Array.from({ length: 32 }, (_, n) => n + 9),
  );
  assert.deepEqual(kept(2), [1]);
});
