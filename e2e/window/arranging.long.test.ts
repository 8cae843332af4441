/** Arranging conversations in the window: pins, put away, mute, timer, drafts, block and delete. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { AppError } from '@tacet/base';
import type { Page } from 'playwright-core';
import { type Stage, startStage } from './lib/browser.ts';

interface Scene {
  readonly stage: Stage;
  readonly page: Page;
  readonly ids: Readonly<Record<'ann' | 'bob' | 'cleo', string>>;
}

/** Ann wrote last, Cleo first. */
async function three(t: TestContext): Promise<Scene> {
  const stage = await startStage(t);
  const [cleo, bob, ann] = ['Cleo', 'Bob', 'Ann'].map((name, index) => {
    const { id } = stage.daemon.addContact(name);
    stage.daemon.receive(
      id,
      `from ${name}`,
      { sentAt: 1_000 * index, arrivedAt: Date.now() + index },
      true,
    );
    return id;
  }) as [string, string, string];
  const page = await stage.enter();
  await row(page, 'Ann').waitFor();
  return { stage, page, ids: { ann, bob, cleo } };
}

const list = (page: Page) => page.getByRole('navigation', { name: 'Conversations' });
const row = (page: Page, name: string) =>
  list(page).getByRole('button', { name: new RegExp(`^${name}`) });

async function names(page: Page): Promise<string[]> {
  return list(page).locator('.row-name:visible').allTextContents();
}

async function until(page: Page, expected: readonly string[]): Promise<void> {
  const end = Date.now() + 10_000;
  while (JSON.stringify(await names(page)) !== JSON.stringify(expected)) {
    if (Date.now() > end) assert.deepEqual(await names(page), expected);
    await page.waitForTimeout(20);
  }
}

async function about(page: Page, name: string): Promise<void> {
  await row(page, name).click();
  await page.getByRole('button', { name: `About ${name}` }).click();
}

describe('window: arranging', { timeout: 120_000 }, () => {
  it('pinned ones stand on top in the order of pinning; what is put away stands apart', async (t) => {
    const { page, stage, ids } = await three(t);
    await until(page, ['Ann', 'Bob', 'Cleo']);
    await about(page, 'Cleo');
    await page.getByLabel('Keep at the top of the list').check();
    await until(page, ['Cleo', 'Ann', 'Bob']);
    stage.daemon.conversations.pin({ contactId: ids.bob, pinned: true });
    await until(page, ['Cleo', 'Bob', 'Ann']);
    await page.getByLabel('Put away, until something new comes').check();
    await until(page, ['Bob', 'Ann']);
    assert.equal(await page.getByLabel('Keep at the top of the list').isChecked(), false);
    await page.keyboard.press('Escape');
    await page.getByText('Put away (1)').click();
    await row(page, 'Cleo').waitFor();
    // Another program brings it back.
    stage.daemon.conversations.archive({ contactId: ids.cleo, archived: false });
    await until(page, ['Bob', 'Ann', 'Cleo']);
  });

  it('a muted conversation is not read out, one that mentions is', async (t) => {
    const { page, stage, ids } = await three(t);
    await about(page, 'Bob');
    await page.getByRole('combobox', { name: 'Mute' }).selectOption('Until I say so');
    await page.getByLabel('But tell me when I am mentioned').waitFor();
    await page.keyboard.press('Escape');
    await row(page, 'Ann').click();
    const log = page.getByRole('log', { name: 'New messages' });
    stage.daemon.receive(ids.bob, 'quiet please');
    stage.daemon.receive(ids.bob, 'hello Alice', { mentioned: true });
    stage.daemon.receive(ids.cleo, 'as ever');
    await log.getByText('New message from Cleo').waitFor({ state: 'attached' });
    assert.deepEqual(await log.locator('p').allTextContents(), [
      'New message from Bob',
      'New message from Cleo',
    ]);
    await list(page).locator('.count-muted').waitFor();
    assert.equal(stage.daemon.conversations.get(ids.bob).mute?.until, null);
  });

  it('a timer, what is told and what is fetched are stored; what was refused goes back', async (t) => {
    const { page, stage, ids } = await three(t);
    await about(page, 'Ann');
    await page.getByLabel('Messages disappear').selectOption('After 24 h');
    await page.getByRole('listitem', { name: /disappear after 86400/ }).waitFor();
    await page.getByLabel('Tell Ann what I have read').check();
    await page.getByLabel('Delete here what Ann deletes for both').uncheck();
    await page.getByLabel('Fetch files unasked').selectOption('Never');
    // The call behind the last choice may be on its way.
    const settings = () => stage.daemon.conversations.get(ids.ann).settings;
    const end = Date.now() + 10_000;
    while (settings().fetchBytes !== 0 && Date.now() < end) await page.waitForTimeout(20);
    const wanted = { readReceipts: true, obeyDelete: false, fetchBytes: 0, timer: 86_400 };
    assert.deepEqual(settings(), wanted);
    stage.daemon.failures.set(
      'conversation.pin',
      new AppError('pins-full', 'state', 'too many pins'),
    );
    // A click, not a check: it does not stay.
    await page.getByLabel('Keep at the top of the list').click();
    await page.getByText('Too many pins.').waitFor();
    assert.equal(await page.getByLabel('Keep at the top of the list').isChecked(), false);
  });

  it('a draft is there after a lock, and goes with the text that is sent', async (t) => {
    const { page, stage, ids } = await three(t);
    await row(page, 'Bob').click();
    const composer = page.getByRole('textbox', { name: 'Message to Bob' });
    await composer.fill('before');
    await composer.press('Enter');
    // Longer than a draft waits: that of a sent text is looked at, and there is none.
    await page.waitForTimeout(1_000);
    await composer.pressSequentially('half a thou');
    await page.keyboard.press('Control+Shift+L');
    await page.getByRole('heading', { name: 'Locked' }).waitFor();
    assert.equal(stage.daemon.conversations.get(ids.bob).draft?.text, 'half a thou');
    assert.doesNotMatch(await page.content(), /half a thou/);
    await page.getByLabel('Passphrase', { exact: true }).fill('correct horse battery staple');
    await page.keyboard.press('Enter');
    await list(page).getByText('half a thou').waitFor();
    await row(page, 'Bob').click();
    assert.equal(await composer.inputValue(), 'half a thou');
    await composer.press('End');
    await composer.pressSequentially('ght');
    await composer.press('Enter');
    await page.getByRole('listitem', { name: /half a thought/ }).waitFor();
    assert.equal(await composer.inputValue(), '');
    await page.waitForTimeout(1_000);
    assert.equal(stage.daemon.conversations.get(ids.bob).draft, null);
    assert.equal(await composer.inputValue(), '', 'it does not come back');
  });

  it('a draft of another window stands in the composer, unless something is typed here', async (t) => {
    const { page, stage, ids } = await three(t);
    await row(page, 'Bob').click();
    const composer = page.getByRole('textbox', { name: 'Message to Bob' });
    const first = [...stage.daemon.messages.values()].find(
      ({ contactId }) => contactId === ids.bob,
    );
    stage.daemon.conversations.draft({
      contactId: ids.bob,
      text: 'from there',
      replyTo: first?.id ?? '',
    });
    await page.waitForFunction(() => document.querySelector('textarea')?.value === 'from there');
    await page.getByText('from Bob').nth(1).waitFor();
    await composer.fill('from here');
    stage.daemon.conversations.draft({ contactId: ids.bob, text: 'from there again' });
    await page.waitForTimeout(1_500);
    assert.equal(await composer.inputValue(), 'from here');
    assert.equal(stage.daemon.conversations.get(ids.bob).draft?.text, 'from here');
  });

  it('a block is said wherever the contact stands, and can be ended', async (t) => {
    const { page, stage, ids } = await three(t);
    await about(page, 'Bob');
    await page.getByRole('button', { name: 'Block', exact: true }).click();
    await page.getByRole('button', { name: 'End the block' }).waitFor();
    assert.equal(stage.daemon.contacts.get(ids.bob)?.blocked, true);
    await page.keyboard.press('Escape');
    await row(page, 'Bob').getByText('blocked').waitFor();
    await page.getByText('Blocked: it waits here until you end the block.').waitFor();
    await page.getByRole('button', { name: 'About Bob' }).click();
    await page.getByRole('button', { name: 'End the block' }).click();
    await page.getByRole('button', { name: 'Block', exact: true }).waitFor();
  });

  it('deleting says what it does first, and leads back to the list', async (t) => {
    const { page, stage, ids } = await three(t);
    await about(page, 'Bob');
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('They are not told, and keep what they have.').waitFor();
    assert.equal(stage.daemon.called('contact.delete'), 0);
    await page.getByRole('button', { name: 'Delete and block their keys' }).click();
    await until(page, ['Ann', 'Cleo']);
    await page.getByText('Quiet here.').waitFor();
    assert.deepEqual(
      stage.daemon.calls
        .filter(({ method }) => method === 'contact.delete')
        .map(({ params }) => params),
      [{ contactId: ids.bob, block: true }],
    );
    assert.equal(stage.daemon.contacts.has(ids.bob), false);
  });
});
