/** Two people, two daemons, a network of six processes, and what they see in a real browser. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import type { DaemonProcess } from '../lib/daemon.ts';
import type { Town } from '../lib/town.ts';
import { startWatch } from '../window/lib/browser.ts';
import { takeOut } from '../window/lib/troubles.ts';
import { enter, openChat, openTown, SOON, twoPeople } from './stage.ts';

async function write(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: /^Message to/ }).fill(text);
  await page.keyboard.press('Enter');
}

const row = (page: Page, start: string) =>
  page.getByRole('listitem', { name: new RegExp(`^${start}`) });

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
  });

  it('a daemon killed and started again loses nothing that was written', async (t) => {
    const watch = await startWatch(t);
    const hers = await watch.newPage();
    await enter(hers, alice);
    await openChat(hers, 'Bob');
    await bob.kill();
    await write(hers, 'Are you still there?');
    await row(hers, 'You: Are you still there.*In the mailbox').waitFor(SOON);
    await bob.start();
    const his = await watch.newPage();
    await enter(his, bob);
    await openChat(his, 'Alice');
    await row(his, 'Alice: Are you still there').waitFor(SOON);
    await row(hers, 'You: Are you still there.*Delivered').waitFor(SOON);
    assert.equal(await row(his, 'Alice: ').count(), 2);
    failed = false;
  });
});
