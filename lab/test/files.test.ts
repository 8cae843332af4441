/** Files over the lab's network (docs/spec/19-files.md): whole, once, checked, wanted or not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, isAppError, MINUTE } from '@tacet/base';
import type { Actor } from '../src/scenarios/stage.ts';
import { delivered, meet } from '../src/scenarios/steps.ts';
import { storeOf } from './address-steps.ts';
import { act, bytesOf, fileLineOf, fileOf, readFile, sendFile } from './file-steps.ts';
import { slowStage } from './slow.ts';

test('a small file is written at once and arrives whole, with its words; then no secret is kept', async () => {
  const stage = slowStage('small file');
  const [alice, bob] = [await stage.person('alice'), await stage.person('bob')];
  await meet(stage, alice, bob);
  const bytes = bytesOf('small', 100_000);
  const id = await sendFile(stage, alice, 'bob', bytes, { name: '../a.txt', text: 'see this' });
  await stage.until('here', async () => (await fileOf(bob, 'alice'))?.state === 'here', HOUR);
  const line = (await fileLineOf(bob, 'alice')) ?? assert.fail('no line');
  assert.equal(line.text, 'see this');
  assert.deepEqual(
    [line.file?.name, line.file?.claimedName, line.file?.size],
    ['_a.txt', '../a.txt', 100_000],
  );
  assert.deepEqual(await readFile(stage, bob, line.id), bytes);
  await stage.until('known', async () => (await fileOf(alice, 'bob'))?.state === 'here', HOUR);
  assert.deepEqual(await readFile(stage, alice, id), bytes);
  await delivered(stage, alice, [id]);
  for (const who of [alice, bob]) {
    const store = storeOf(stage.personOf(who));
    const left = (table: string): number =>
      Number(store.get(`SELECT count(*) AS n FROM ${table}`)?.['n']);
    assert.equal(left('file_parts'), 0);
    assert.equal(left("watches WHERE owner = 'file'"), 0);
    assert.equal(left('files WHERE secret IS NOT NULL'), 0);
  }
});

test('a large file is only offered; wanted, it comes; declined, nothing of it does', async () => {
  const stage = slowStage('large file');
  const [alice, bob] = [await stage.person('alice'), await stage.person('bob')];
  await meet(stage, alice, bob);
  const bytes = bytesOf('large', 300_000);
  const id = await sendFile(stage, alice, 'bob', bytes);
  await delivered(stage, alice, [id]);
  await stage.pass(20 * MINUTE);
  assert.equal((await fileOf(bob, 'alice'))?.state, 'offered');
  assert.equal((await fileOf(alice, 'bob'))?.done, 0, 'nothing is written unasked');
  const offered = (await fileLineOf(bob, 'alice')) ?? assert.fail('no line');
  assert.throws(
    () => stage.personOf(bob).client.files.block(offered.id, 0),
    (error) => isAppError(error, 'file-incomplete'),
  );
  act(stage, bob, 'want', offered.id);
  act(stage, bob, 'want', offered.id);
  await stage.until('here', async () => (await fileOf(bob, 'alice'))?.state === 'here', 2 * HOUR);
  assert.deepEqual(await readFile(stage, bob, offered.id), bytes);

  await sendFile(stage, alice, 'bob', bytesOf('other', 300_000));
  await stage.until('offered', async () => (await fileOf(bob, 'alice'))?.state === 'offered', HOUR);
  act(stage, bob, 'decline', ((await fileLineOf(bob, 'alice')) ?? assert.fail('no line')).id);
  await stage.until('told', async () => (await fileOf(alice, 'bob'))?.state === 'declined', HOUR);
  assert.throws(
    () => act(stage, bob, 'want', offered.id),
    (error) => isAppError(error, 'file-over'),
  );
});
