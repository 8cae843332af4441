/** What `tacet status` says of a profile that was copied or restored (docs/spec/20-recovery.md, 9). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyLines } from '../src/network-words.ts';

const tell = (text: string): string => text;
const restored = { counter: 1, at: 2_000, backupAt: 1_000, begun: false };

test('a restored profile says so until it has begun, one that goes on elsewhere what it is, a copy what to do', () => {
  const none = { copiedAt: null, superseded: false, restored: null };
  assert.deepEqual(copyLines(none, tell), []);
  const [silent, ...more] = copyLines({ ...none, restored }, tell);
  assert.match(silent ?? '', /^restored from a backup of .*contacts are told once the network/);
  assert.deepEqual(more, []);
  assert.deepEqual(copyLines({ ...none, restored: { ...restored, begun: true } }, tell), []);
  const [elsewhere, then] = copyLines({ ...none, copiedAt: 3_000, superseded: true }, tell);
  assert.match(elsewhere ?? '', /restored elsewhere and goes on there/);
  assert.match(then ?? '', /if this one is to go on.*profile resume/);
  const copied = copyLines({ ...none, copiedAt: 3_000 }, tell).join('\n');
  assert.match(copied, /a copy of this profile is running.*\n.*end the other one/);
});
