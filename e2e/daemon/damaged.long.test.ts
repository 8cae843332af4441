/** A store that is damaged in one page, in the first ones and in the last. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { until } from '../lib/until.ts';
import { Home } from './home.ts';
import { placeOf, refusals, snapshot } from './refused.ts';

/** The daemon looks over all pages soon after it opened. */
const PATIENCE = 60_000;

const home = new Home();
const refused = refusals(home);
const unlock = ['unlock', '--passphrase-file'];
after(() => home.end());

test('a damaged page anywhere in the store is said: nothing changes, or the profile ends', async () => {
  await home.create('damaged');
  await home.tacet('damaged', ['down']);
  const { slot, pages } = await placeOf(home.path('damaged'));
  const data = home.path('damaged', 'vault', `${slot}.data`);
  const whole = readFileSync(data);
  const damage = (page: number): void => {
    const damaged = Uint8Array.from(whole);
    damaged.fill(7, page * 4_096 + 1_000, page * 4_096 + 1_005);
    writeFileSync(data, damaged);
  };
  await home.tacet('damaged', ['up', '--locked']);
  const open = [...unlock, home.path('pass')];
  damage(9);
  const vault = snapshot(home.path('damaged', 'vault'));
  await refused('damaged', open, 'profile-unreadable', 1);
  assert.equal(snapshot(home.path('damaged', 'vault')), vault);
  rmSync(data);
  mkdirSync(data);
  await refused('damaged', open, 'profile-unreadable', 1);
  rmdirSync(data);

  // Behind the first pages: said by the opening where it needs that page, else soon after it.
  damage(pages - 1);
  const opened = await home.tacet('damaged', open);
  if (opened.code === 0) {
    const reason = async () => (await home.json('damaged', ['status']))['reason'];
    await until('the damage is found', PATIENCE, async () => (await reason()) !== null);
    assert.equal(await reason(), 'profile-unreadable');
    await refused('damaged', ['contact', 'list'], 'profile-unreadable', 1);
  } else {
    assert.match(opened.err, /^tacet: the profile is damaged or incomplete/);
    assert.equal((await home.json('damaged', ['status']))['state'], 'locked');
  }
  await home.tacet('damaged', ['down']);

  writeFileSync(data, whole);
  const mended = await home.tacet('damaged', ['up', '--passphrase-file', home.path('pass')]);
  assert.equal(mended.code, 0, mended.err);
});
