/**
 * Two people, two daemons, a network of six processes, and what they see in a real browser. One of the daemons is
 * killed in `killed.long.test.ts`.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { DaemonProcess } from '../lib/daemon.ts';
import type { Town } from '../lib/town.ts';
import { startWatch } from '../window/lib/browser.ts';
import { takeOut } from '../window/lib/troubles.ts';
import { enter, openChat, openTown, row, SOON, twoPeople, write } from './stage.ts';

describe('browser: two people', { timeout: 240_000 }, () => {
  let town: Town;
  let alice: DaemonProcess;
  let bob: DaemonProcess;
  let failed = true;

  before(async () => {
    town = await openTown();
    [alice, bob] = await twoPeople(town);
  });
  after(() => town.close(failed));

  it('a text typed in one window appears in the other and becomes delivered', async (t) => {
    const watch = await startWatch(t);
    const [hers, his] = [await watch.newPage(), await watch.newPage()];
    await Promise.all([enter(hers, alice), enter(his, bob)]);
    await Promise.all([openChat(hers, 'Bob'), openChat(his, 'Alice')]);
    await write(hers, 'Can you hear me?');
    await row(his, 'Alice: Can you hear me').waitFor(SOON);
    await write(his, 'Every word.');
    await row(hers, 'Bob: Every word').waitFor(SOON);
    await row(hers, 'You: Can you hear me\\?.*Delivered').waitFor(SOON);
    await row(hers, 'You: Can you hear me').press('Enter');
    const facts = hers.getByRole('dialog').getByRole('listitem');
    await facts.filter({ hasText: "Bob's device confirmed it" }).waitFor(SOON);
    const said = await facts.allTextContents();
    assert.match(said[0] ?? '', /^Saved on this device/);
    assert.ok(said.some((line) => line.startsWith('A mailbox stored it')));
  });

  it('a lock at the socket clears the window; the passphrase brings it back', async (t) => {
    const watch = await startWatch(t);
    const page = await watch.newPage();
    await enter(page, alice);
    await openChat(page, 'Bob');
    await row(page, 'You: Can you hear me').waitFor();
    await alice.api.call('profile.lock', {});
    await page.getByRole('heading', { name: 'Locked' }).waitFor();
    assert.ok(!(await page.content()).includes('hear me'));
    const file = join(town.dir, 'people', 'Alice.passphrase');
    const field = page.getByLabel('Passphrase', { exact: true });
    await field.fill('wrong');
    await field.press('Enter');
    await page.getByRole('alert').waitFor(SOON);
    await page.waitForTimeout(1_100);
    await field.fill(await readFile(file, 'utf8'));
    await field.press('Enter');
    await openChat(page, 'Bob');
    await row(page, 'You: Can you hear me').waitFor();
    takeOut(watch.troubles, /status of 401/);
    failed = false;
  });
});
