/** What a profile knows of its backups: when the next is due, what became of the last, which phrase opens it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, isAppError } from '@tacet/base';
import { Profile } from '../conversations/profile.ts';

const code = (wanted: string) => (error: unknown) => isAppError(error, wanted);
const phraseOf = (n: number) => ({
  salt: new Uint8Array(32).fill(n),
  root: new Uint8Array(32).fill(n + 1),
});

test('nothing is due before there is a phrase and a folder; then one each day, or as said', async () => {
  const p = await Profile.with('ann');
  const { backups } = p.client;
  assert.equal(backups.plan(), null);
  assert.equal(backups.due(), null);
  assert.throws(() => backups.set({ folder: '/disk' }), code('recovery-phrase-missing'));
  backups.set({ phrase: phraseOf(1) });
  assert.equal(backups.due(), null);
  const plan = backups.set({ folder: '/disk' });
  assert.deepEqual([plan.hours, plan.files, plan.number, plan.pending], [24, true, 0, null]);
  assert.equal(backups.due(), 0);
  for (const hours of [0, 169, 1.5, Number.NaN]) {
    assert.throws(() => backups.set({ hours }), code('backup-hours'));
  }
  for (const folder of ['', 'x'.repeat(4_097)]) {
    assert.throws(() => backups.set({ folder }), code('backup-folder-name'));
  }
  backups.pending(new Uint8Array([1, 2]));
  assert.deepEqual(backups.plan()?.pending, new Uint8Array([1, 2]));
  backups.made({ number: 1, pieces: 5 }, p.now);
  assert.equal(backups.due(), p.now + 24 * HOUR);
  assert.equal(backups.plan()?.pending, null);
  p.restart();
  assert.equal(p.client.backups.set({ hours: 168, files: false }).folder, '/disk');
  assert.equal(p.client.backups.due(), p.now + 168 * HOUR);
});

test('a failure is tried again each hour; the first of a row is an alarm, and one that is made ends it', async () => {
  const p = await Profile.with('ann');
  const { backups } = p.client;
  const alarms = () => p.client.alarms().map((one) => [one.code, one.count]);
  backups.set({ phrase: phraseOf(1), folder: '/disk' });
  backups.failed('backup-folder-failed', p.now);
  assert.equal(backups.due(), p.now + HOUR);
  backups.failed('backup-folder-full', p.later(HOUR));
  assert.deepEqual(alarms(), [['backup-failed', 1]]);
  assert.equal(backups.plan()?.failed, 'backup-folder-full');
  backups.made({ number: 1, pieces: 1 }, p.later());
  assert.equal(backups.plan()?.failed, null);
  backups.failed('backup-folder-failed', p.later());
  assert.deepEqual(alarms(), [['backup-failed', 2]]);
  // Another folder is tried at once.
  backups.made({ number: 2, pieces: 1 }, p.now - 48 * HOUR);
  backups.failed('backup-folder-failed', p.now);
  backups.set({ folder: '/other' });
  assert.ok((backups.due() ?? p.now) < p.now);
});

test('the former phrase is kept until a backup was made under the new one', async () => {
  const p = await Profile.with('ann');
  const { backups } = p.client;
  backups.set({ phrase: phraseOf(1), folder: '/disk' });
  assert.equal(backups.set({ phrase: phraseOf(3) }).formerRoot, null, 'nothing was made under it');
  backups.made({ number: 1, pieces: 1 }, p.now);
  assert.deepEqual(backups.set({ phrase: phraseOf(5) }).formerRoot, phraseOf(3).root);
  assert.deepEqual(backups.set({ phrase: phraseOf(7) }).formerRoot, phraseOf(3).root);
  assert.deepEqual(backups.plan()?.root, phraseOf(7).root);
  backups.made({ number: 2, pieces: 1 }, p.now);
  assert.equal(backups.plan()?.formerRoot, null);
});
