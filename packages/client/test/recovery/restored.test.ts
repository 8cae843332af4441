/** The fence of a restored profile, and what a backup says it would bring back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentsOf, fence } from '../../src/recovery/restored.ts';
import { Profile } from '../conversations/profile.ts';

const from = (p: Profile, withFiles = true) => ({ number: 7, at: p.now - 1_000, withFiles });

test('a restored profile knows it, stands still, and counts how often', async () => {
  const p = await Profile.with('ann', 'bob');
  p.send('1', 'said before');
  p.client.backups.set({
    phrase: { salt: new Uint8Array(32), root: new Uint8Array(32).fill(3) },
    folder: '/disk',
  });
  assert.equal(p.client.status(p.now).restored, null);
  assert.deepEqual(contentsOf(p.store, true), {
    profile: 'alice',
    contacts: 2,
    messages: 1,
    files: 0,
  });
  fence(p.store, from(p), p.now);
  p.restart();
  const { restored, copiedAt } = p.client.status(p.now);
  assert.deepEqual(restored, { counter: 1, at: p.now, backupAt: p.now - 1_000, begun: false });
  assert.equal(copiedAt, null);
  assert.equal(p.client['e'].puts.paused, true, 'nothing leaves before the network was reached');
  const plan = p.client.backups.plan();
  assert.deepEqual([plan?.folder, plan?.number, plan?.root[0]], [null, 7, 3]);
  fence(p.store, from(p), p.later());
  p.restart();
  assert.equal(p.client.status(p.now).restored?.counter, 2);
});

test('without files in the backup, what was here or under way is lost and says why; offers stay', async () => {
  const p = await Profile.with('ann');
  const rows = [
    ['in', 'here'],
    ['in', 'wanted'],
    ['in', 'offered'],
    ['in', 'declined'],
    ['out', 'here'],
    ['out', 'offered'],
    ['out', 'writing'],
    ['out', 'loading'],
  ] as const;
  for (const [i, [direction, state]] of rows.entries()) {
    p.store.run(
      `INSERT INTO files (id, direction, state, size, secret, cell_key, moved_at)
       VALUES (?, ?, ?, 5, ?, ?, 0)`,
      ...[i + 1, direction, state, new Uint8Array(32), new Uint8Array(32)],
    );
    p.store.run('INSERT INTO file_cells (cell, file_id, block) VALUES (?, ?, 0)', i, i + 1);
    p.store.run(
      'INSERT INTO file_parts (file_id, part, data) VALUES (?, 0, ?)',
      i + 1,
      new Uint8Array(3),
    );
  }
  const copy = p.store.copy();
  fence(p.store, from(p, true), p.now);
  const states = () =>
    p.store.all('SELECT state, reason FROM files ORDER BY id').map(({ state, reason }) => {
      return reason === null ? state : `${state}: ${reason}`;
    });
  assert.deepEqual(
    states(),
    rows.map(([, state]) => state),
    'with them nothing changes',
  );
  p.store.restore(copy);
  fence(p.store, from(p, false), p.now);
  const lost = 'lost: not-in-backup';
  assert.deepEqual(states(), [lost, lost, 'offered', 'declined', lost, lost, lost, lost]);
  assert.deepEqual(
    p.store
      .all('SELECT file_id FROM file_cells UNION SELECT file_id FROM file_parts')
      .map((row) => row['file_id']),
    [3, 4],
  );
  assert.equal(p.store.all('SELECT * FROM freed_cells').length, 0);
  p.restart();
});
