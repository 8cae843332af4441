/** Rows of a long conversation, and of one whose stream breaks again and again; more of the page in `page.test.ts`. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { startStage } from './lib/browser.ts';

const openChat = (page: Page, name: RegExp) =>
  page.getByRole('navigation').getByRole('button', { name }).click();

describe('window: rows', { timeout: 120_000 }, () => {
  it('a stream that broke comes back where it was: nothing lost, nothing twice', async (t) => {
    const stage = await startStage(t);
    const bob = stage.daemon.addContact('Bob');
    const page = await stage.enter();
    await openChat(page, /Bob/);
    await page.getByText('No messages with Bob yet').waitFor();
    for (let round = 1; round <= 3; round++) {
      stage.daemon.breakStream();
      await page.getByText('does not answer. Trying again').waitFor();
      stage.daemon.receive(bob.id, `round ${round}`);
      await page.waitForTimeout(50);
      assert.equal(await page.locator('.message').count(), round - 1);
      stage.daemon.failures.clear();
      await page.getByRole('listitem', { name: new RegExp(`^Bob: round ${round}`) }).waitFor();
      await page.getByText('does not answer. Trying again').waitFor({ state: 'detached' });
    }
    assert.equal(await page.locator('.message').count(), 3);
    assert.equal(await page.getByRole('log').locator('p').count(), 3);
  });

  it('older pages come while scrolling up, up to six hundred rows', async (t) => {
    const stage = await startStage(t);
    const bob = stage.daemon.addContact('Bob');
    for (let i = 0; i < 750; i++) stage.daemon.receive(bob.id, `line ${i}`, {}, true);
    const page = await stage.enter();
    await openChat(page, /Bob/);
    await page.getByRole('listitem', { name: /^Bob: line 749/ }).waitFor();
    const box = page.locator('.thread-scroll');
    while ((await page.getByRole('listitem', { name: /^Bob: line 0\./ }).count()) === 0) {
      await box.evaluate((element) => {
        element.scrollTop = 0;
      });
      await page.waitForTimeout(20);
    }
    assert.equal(await page.locator('.message').count(), 600);
    await page.getByRole('button', { name: 'Newest' }).click();
    await page.getByRole('listitem', { name: /^Bob: line 749/ }).waitFor();
  });
});
