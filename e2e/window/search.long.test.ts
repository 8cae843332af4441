/** Searching in the window: people and words, the way to a message, and nothing left after a lock. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AppError } from '@tacet/base';
import type { Page } from 'playwright-core';
import { type Stage, startStage } from './lib/browser.ts';

const field = (page: Page) => page.getByRole('textbox', { name: 'Search people and messages' });
const results = (page: Page) => page.getByRole('navigation', { name: 'Search results' });

/** Two people; what Bob said first stands 400 lines above the newest. */
async function filled(stage: Stage): Promise<Page> {
  const bob = stage.daemon.addContact('Bob').id;
  const chiara = stage.daemon.addContact('Chiara').id;
  stage.daemon.receive(bob, 'The key is under the third flowerpot', {}, true);
  for (let n = 0; n < 400; n++) stage.daemon.receive(bob, `line ${n}`, {}, true);
  stage.daemon.receive(chiara, 'Do you water my FLOWERPOT <b>too</b>?', {}, true);
  const page = await stage.enter();
  await field(page).waitFor();
  return page;
}

describe('window: search', { timeout: 120_000 }, () => {
  it('finds words in every conversation and leads to the message', async (t) => {
    const stage = await startStage(t);
    const page = await filled(stage);
    await page.keyboard.press('Control+k');
    await page.keyboard.type('flowerpot');
    const hits = results(page).getByRole('button');
    await hits.nth(1).waitFor();
    assert.deepEqual(await results(page).locator('mark').allTextContents(), [
      'FLOWERPOT',
      'flowerpot',
    ]);
    assert.equal(await results(page).locator('b').count(), 0, 'words, not markup');
    await page.getByText('no people, 2 messages').waitFor({ state: 'attached' });
    await hits.filter({ hasText: 'third' }).click();
    const line = page.getByRole('listitem', { name: /^Bob: The key is under/ });
    await line.waitFor();
    assert.equal(await line.evaluate((one) => one === document.activeElement), true);
    assert.equal(await field(page).inputValue(), 'flowerpot', 'the next result is one click away');
    await hits.filter({ hasText: 'water' }).click();
    await page.getByRole('listitem', { name: /^Chiara: Do you water/ }).waitFor();
    await field(page).press('Escape');
    await page.getByRole('navigation', { name: 'Conversations' }).waitFor();
  });

  it('finds people by a part of their name; typing quickly asks once', async (t) => {
    const stage = await startStage(t);
    const page = await filled(stage);
    await field(page).pressSequentially('chia', { delay: 10 });
    await results(page)
      .getByRole('button', { name: /Chiara/ })
      .waitFor();
    await page.getByText('1 person, no messages').waitFor({ state: 'attached' });
    assert.equal(stage.daemon.called('search.find'), 1);
    await results(page)
      .getByRole('button', { name: /Chiara/ })
      .click();
    await page.getByRole('textbox', { name: 'Message to Chiara' }).waitFor();
    assert.equal(await field(page).inputValue(), '');
  });

  it('older matches come when asked for; nothing found, too short and refused are told apart', async (t) => {
    const stage = await startStage(t);
    const page = await filled(stage);
    await field(page).fill('line');
    const hits = results(page).locator('.hit');
    await page.getByRole('button', { name: 'Older ones' }).click();
    await hits.nth(59).waitFor();
    assert.equal(new Set(await hits.allTextContents()).size, 60, 'none twice');
    await field(page).fill('nothing like it');
    await page.getByText('Nothing on this device says that').waitFor();
    await field(page).fill('x');
    await page.getByText('words of two letters and more').waitFor();
    stage.daemon.failures.set('search.find', new AppError('disk-full', 'storage', 'full'));
    await field(page).fill('line');
    await results(page).locator('.bad').waitFor();
  });

  it('a lock leaves neither what was sought nor what was found', async (t) => {
    const stage = await startStage(t);
    const page = await filled(stage);
    await field(page).fill('flowerpot');
    await results(page).locator('mark').first().waitFor();
    stage.daemon.lock();
    await page.getByRole('heading', { name: 'Locked' }).waitFor();
    assert.doesNotMatch(await page.content(), /flowerpot/i);
    await page.getByLabel('Passphrase', { exact: true }).fill('correct horse battery staple');
    await page.keyboard.press('Enter');
    await page.getByRole('navigation', { name: 'Conversations' }).waitFor();
    assert.equal(await field(page).inputValue(), '');
  });
});
