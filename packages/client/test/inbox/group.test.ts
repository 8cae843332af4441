/** Ciphertexts that wait together are decrypted in one job and saved in one transaction. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, fromUtf8, utf8 } from '@tacet/base';
import { Inbox } from '../../src/inbox/inbox.ts';
import { ReceivedSet } from '../../src/inbox/received.ts';
import { MAX_GROUP, MAX_GROUP_BYTES } from '../../src/limits.ts';
import type { SessionPort } from '../../src/ports.ts';
import { type Content, encodeEnvelope } from '../../src/received.ts';
import { JobQueue } from '../../src/sessions/jobs.ts';
import { blob, num } from '../../src/store/rows.ts';
import { migratedStore } from '../migrated-store.ts';

/** A ratchet that goes one step with each ciphertext, and cannot read one that says `broken`. */
const decrypt: SessionPort['decrypt'] = async (records, peer, data) => {
  const name = `session/${peer}`;
  const step = (records.get(name)?.[0] ?? 0) + 1;
  if (fromUtf8(data) === 'broken') throw new AppError('session-undecryptable', 'input', 'x');
  const content: Content = {
    type: 'text',
    contentId: new Uint8Array(16).fill(step),
    sentAt: 0,
    text: `${fromUtf8(data).slice(0, 9)} at ${step}`,
  };
  const plaintext = encodeEnvelope({ content });
  return { plaintext, identityKey: data, writes: new Map([[name, Uint8Array.of(step)]]) };
};
const port = { decrypt } as unknown as SessionPort;

/** @param onText in the transaction that saves a text */
function make(onText: (text: string) => void = () => undefined) {
  const store = migratedStore();
  for (const id of [1, 2]) {
    store.run(
      `INSERT INTO contacts (id, name, given_name, trust, state, created_at, touched_at)
       VALUES (?, ?, 'x', 'link', 'ready', 0, 0)`,
      id,
      `contact ${id}`,
    );
  }
  const received = new ReceivedSet(store);
  const saved: string[] = [];
  const dead: number[] = [];
  const inbox = new Inbox(store, received, {
    onEnvelope: (contactId, _seq, { content }) => {
      assert.ok(content?.type === 'text');
      saved.push(`${contactId}: ${content.text}`);
      onText(content.text);
    },
    onDuplicate: () => undefined,
    onLetter: () => undefined,
    onDeadLetter: (_contactId, seq) => dead.push(seq),
    onWork: () => undefined,
  });
  const come = (contactId: number, seq: number, text: string): void => {
    const data = utf8(text);
    inbox.onContent(contactId, { kind: 'part', seq, part: 0, parts: 1, data }, seq, 0);
  };
  const queue = new JobQueue(store, [inbox]);
  /** One job; how many transactions that end on the disk it took. */
  const work = async (): Promise<number> => {
    const job = queue.next(1);
    assert.ok(job !== null);
    const outcome = await job.run(port);
    const { transaction } = store;
    let depth = 0;
    let commits = 0;
    store.transaction = (inner) => {
      depth += 1;
      try {
        const result = transaction.call(store, inner) as ReturnType<typeof inner>;
        if (depth === 1) commits += 1;
        return result;
      } finally {
        depth -= 1;
      }
    };
    try {
      queue.finish(job, outcome, 1);
    } finally {
      store.transaction = transaction;
    }
    return commits;
  };
  const steps = () =>
    store
      .all('SELECT value FROM session_records ORDER BY name')
      .map((row) => blob(row, 'value')[0]);
  const waiting = () =>
    store
      .all('SELECT seq FROM fragments WHERE tried = 0 ORDER BY seq')
      .map((row) => num(row, 'seq'));
  return { store, received, inbox, come, queue, work, saved, dead, steps, waiting };
}

test('what waits is read in order, each from where the one before left the ratchet, in one transaction', async () => {
  const t = make();
  for (const seq of [1, 2, 3]) t.come(1, seq, `a${seq}`);
  t.come(2, 1, 'b1');
  assert.equal(await t.work(), 1);
  assert.deepEqual(t.saved, ['1: a1 at 1', '1: a2 at 2', '1: a3 at 3', '2: b1 at 1']);
  assert.deepEqual(t.steps(), [3, 1]);
  assert.deepEqual(t.received.receipt(1), { upTo: 3, ranges: [] });
  assert.deepEqual(t.waiting(), []);
  assert.equal(t.queue.next(1), null);
});

test('one that cannot be read becomes a dead letter and takes no other with it', async () => {
  const t = make();
  for (const [seq, text] of [
    [1, 'a'],
    [2, 'broken'],
    [3, 'c'],
  ] as const)
    t.come(1, seq, text);
  assert.equal(await t.work(), 1);
  assert.deepEqual(t.saved, ['1: a at 1', '1: c at 2']);
  assert.deepEqual(t.dead, [2]);
  assert.deepEqual(t.received.receipt(1), { upTo: 1, ranges: [[3, 3]] });
  assert.deepEqual(t.inbox.unreadable(1), [{ seq: 2, index: 2 }]);
});

test('one that cannot be saved is set aside alone: what stands around it is saved, and it is not receipted', async () => {
  const t = make((text) => {
    if (text.startsWith('bad')) throw new Error('an invariant of ours');
  });
  for (const [seq, text] of [
    [1, 'a'],
    [2, 'b'],
    [3, 'bad'],
    [4, 'd'],
  ] as const)
    t.come(1, seq, text);
  assert.equal(await t.work(), 4, 'each in a transaction of its own');
  assert.deepEqual(t.received.receipt(1), { upTo: 2, ranges: [[4, 4]] });
  assert.deepEqual(t.steps(), [4], 'the ratchet goes on, as those after it need it');
  assert.deepEqual(t.dead, [3]);
  assert.deepEqual(t.waiting(), []);
  assert.deepEqual(t.inbox.unreadable(1), [{ seq: 3, index: 3 }], 'its sender is told');
  assert.equal(t.queue.next(1), null, 'and it is not tried again and again');
});

test('a disk that fails saves none of them, and is not asked twice', async () => {
  let times = 0;
  const t = make(() => {
    times += 1;
    if (times === 2) throw new AppError('storage-failed', 'storage', 'x');
  });
  for (const seq of [1, 2, 3]) t.come(1, seq, 'a');
  await assert.rejects(t.work(), { code: 'storage-failed' });
  assert.equal(times, 2);
  assert.deepEqual(t.received.receipt(1), { upTo: 0, ranges: [] });
  assert.deepEqual(t.waiting(), [1, 2, 3]);
  assert.deepEqual(t.steps(), []);
});

test('contacts deleted or blocked while a job runs: nothing of theirs is saved, all of the others', async () => {
  const t = make();
  t.come(1, 1, 'a');
  t.come(2, 1, 'b');
  const job = t.queue.next(1);
  assert.ok(job !== null);
  const outcome = await job.run(port);
  t.store.run('UPDATE contacts SET blocked_at = 1 WHERE id = 1');
  t.queue.finish(job, outcome, 1);
  assert.deepEqual(t.saved, ['2: b at 1']);
  assert.deepEqual(t.steps(), [1]);
  t.come(2, 2, 'c');
  t.store.run('UPDATE contacts SET blocked_at = NULL WHERE id = 1');
  const next = t.queue.next(1);
  assert.ok(next !== null);
  const second = await next.run(port);
  t.store.run('DELETE FROM contacts WHERE id = 1');
  t.queue.finish(next, second, 1);
  assert.deepEqual(t.saved, ['2: b at 1', '2: c at 2']);
});

test('a job holds as many as a commit may take, by number and by bytes; a long one goes alone', async () => {
  const t = make();
  const many = MAX_GROUP + 3;
  for (let seq = 1; seq <= many; seq++) t.come(1, seq, 'x');
  await t.work();
  assert.equal(t.saved.length, MAX_GROUP);
  await t.work();
  assert.equal(t.saved.length, many);
  t.come(1, many + 1, 'y'.repeat(MAX_GROUP_BYTES + 1));
  t.come(1, many + 2, 'z');
  t.come(1, many + 3, 'z');
  await t.work();
  assert.equal(t.saved.length, many + 1);
  await t.work();
  assert.equal(t.saved.length, many + 3);
});

test('lone receipts share a job with texts', async () => {
  const t = make();
  t.come(1, 1, 'a');
  t.inbox.onContent(1, { kind: 'control', data: utf8('r') }, 2, 0);
  t.inbox.onContent(2, { kind: 'control', data: utf8('s') }, 1, 0);
  assert.equal(await t.work(), 1);
  assert.deepEqual(t.saved, ['1: a at 1', '1: r at 2', '2: s at 1']);
  assert.equal(t.store.get('SELECT count(*) AS n FROM controls')?.['n'], 0);
});
