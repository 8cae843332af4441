/** Backups in the window: the phrase, making one, testing it, and a profile from one. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { AppError } from '@tacet/base';
import type { Locator, Page } from 'playwright-core';
import { type Stage, startStage } from './lib/browser.ts';
import { PHRASE } from './lib/fake-backups.ts';
import { PASSPHRASE } from './lib/fake-daemon.ts';

interface Scene {
  readonly stage: Stage;
  readonly page: Page;
  readonly dialog: Locator;
}

/** @param isMade there is a phrase and a backup */
async function backups(t: TestContext, isMade: boolean): Promise<Scene> {
  const stage = await startStage(t);
  if (isMade) {
    stage.daemon.backups.set({ phrase: PHRASE });
    await stage.daemon.backups.create();
  }
  const page = await stage.enter();
  await page.getByRole('button', { name: /^Alice.*backups/ }).click();
  await page
    .getByRole('button', { name: isMade ? 'Backups' : 'Make a backup', exact: true })
    .click();
  return { stage, page, dialog: page.getByRole('dialog', { name: 'Backups' }) };
}

/** Opens when a test says so. */
function closedGate(stage: Stage): () => void {
  let open = (): void => undefined;
  stage.daemon.backups.gate = new Promise((resolve) => {
    open = resolve;
  });
  return () => open();
}

async function giveBack(dialog: Locator, change: (word: string) => string): Promise<void> {
  const words = PHRASE.split(' ');
  for (const label of await dialog.getByText(/^Word \d+$/).allTextContents()) {
    const word = words[Number(label.slice(5)) - 1] ?? '';
    await dialog.getByLabel(label, { exact: true }).fill(change(word));
  }
}

describe('window: backups', { timeout: 120_000 }, () => {
  it('a phrase is shown once, counts after three of its words, and a backup follows', async (t) => {
    const { stage, page, dialog } = await backups(t, false);
    await dialog.getByRole('button', { name: 'Show me the words' }).click();
    const list = dialog.getByRole('list', { name: 'Recovery phrase' });
    await list.waitFor();
    assert.deepEqual(await list.getByRole('listitem').allTextContents(), PHRASE.split(' '));
    assert.equal(stage.daemon.called('backup.set'), 0);
    await dialog.getByRole('button', { name: 'I have written them down' }).click();
    await dialog.getByText('Give three of them back').waitFor();
    assert.equal(await list.count(), 0);
    await giveBack(dialog, (word) => `${word}x`);
    await dialog.getByRole('button', { name: 'They are right' }).click();
    await dialog.getByText('Not all three are right.').waitFor();
    assert.equal(stage.daemon.called('backup.set'), 0);
    await giveBack(dialog, (word) => ` ${word.toUpperCase()} `);
    const passphrase = dialog.getByLabel('Your passphrase, to go on', { exact: true });
    await passphrase.fill('not it');
    await dialog.getByRole('button', { name: 'They are right' }).click();
    await dialog.getByText('That passphrase is not right.').waitFor();
    assert.equal(stage.daemon.called('backup.set'), 0);
    const open = closedGate(stage);
    await passphrase.fill(PASSPHRASE);
    await page.waitForTimeout(1_100);
    await dialog.getByRole('button', { name: 'They are right' }).click();
    await dialog.getByText('Making the backup, 31 of 96 pieces').waitFor();
    open();
    await dialog.getByText(/^today at \d\d:\d\d, 14.2 MB$/).waitFor();
    assert.equal(await page.getByText('abandon').count(), 0);
    assert.deepEqual(
      stage.daemon.calls
        .filter(({ method }) => method === 'backup.set')
        .map(({ params }) => params),
      [{ phrase: PHRASE }],
    );
  });

  it('one is made now, with how far it is; a failure stands until the next', async (t) => {
    const { stage, dialog } = await backups(t, true);
    const full = new AppError('backup-folder-full', 'storage', 'no room');
    stage.daemon.failures.set('backup.create', full);
    stage.daemon.backups.status = {
      ...stage.daemon.backups.status,
      failed: { code: 'backup-folder-full', at: Date.now() },
    };
    await dialog.getByRole('button', { name: 'Make one now' }).click();
    await dialog.getByText(/could not be made\. There is no room left/).waitFor();
    stage.daemon.failures.clear();
    const open = closedGate(stage);
    await dialog.getByRole('button', { name: 'Make one now' }).click();
    const bar = dialog.getByRole('progressbar', { name: 'Making the backup' });
    await bar.and(dialog.locator('[value="31"]')).waitFor();
    open();
    await bar.waitFor({ state: 'detached' });
    await dialog.getByText(/could not be made/).waitFor({ state: 'detached' });
  });

  it('a test wants the phrase from paper, and says what a restore would bring back', async (t) => {
    const { dialog, page } = await backups(t, true);
    const field = dialog.getByLabel('Recovery phrase, twelve words');
    await field.fill('zoo zoo zoo');
    await dialog.getByRole('button', { name: 'Test it' }).click();
    await dialog.getByRole('alert').getByText('That phrase does not open this backup.').waitFor();
    await field.fill(PHRASE);
    await dialog.getByRole('button', { name: 'Test it' }).click();
    await dialog.getByText('It is whole.').waitFor();
    await dialog.getByText(/5 contacts, 1,234 messages, 12 files, 14\.2 MB\./).waitFor();
    assert.equal(await field.inputValue(), '', 'the phrase does not stay on the page');
    assert.doesNotMatch(await page.content(), /abandon/);
  });

  it('folder, hours and files are stored', async (t) => {
    const { stage, dialog } = await backups(t, true);
    await dialog.getByRole('button', { name: 'Another folder' }).click();
    await dialog.getByLabel(/^Folder on this computer/).fill('/media/stick/tacet');
    await dialog.getByLabel('Your passphrase', { exact: true }).fill(PASSPHRASE);
    await dialog.getByRole('button', { name: 'Use this folder' }).click();
    await dialog.getByText('/media/stick/tacet', { exact: true }).waitFor();
    await dialog.getByLabel('How often').selectOption('Every week');
    await dialog.getByLabel('With files and pictures').uncheck();
    await dialog
      .getByLabel('With files and pictures')
      .and(dialog.locator(':not(:checked)'))
      .waitFor();
    const end = Date.now() + 10_000;
    while (stage.daemon.backups.status.files && Date.now() < end)
      await dialog.page().waitForTimeout(20);
    const { folder, hours, files } = stage.daemon.backups.status;
    assert.deepEqual(
      { folder, hours, files },
      { folder: '/media/stick/tacet', hours: 168, files: false },
    );
  });

  it('a profile that a keychain opens is sent to the command line', async (t) => {
    const stage = await startStage(t);
    stage.daemon.opensWith = 'keychain';
    const page = await stage.enter();
    await page.getByRole('button', { name: /^Alice.*backups/ }).click();
    await page.getByRole('button', { name: 'Make a backup' }).click();
    await page.getByText(/is made at the command line: tacet backup create/).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Show me the words' }).count(), 0);
  });

  it('a lock while the words stand there leaves none', async (t) => {
    const { stage, page, dialog } = await backups(t, false);
    await dialog.getByRole('button', { name: 'Show me the words' }).click();
    await dialog.getByText('abandon').waitFor();
    stage.daemon.lock();
    await page.getByRole('heading', { name: 'Locked' }).waitFor();
    assert.doesNotMatch(await page.content(), /abandon|abstract/);
  });

  it('where there is no profile, one comes from a backup', async (t) => {
    const stage = await startStage(t);
    stage.daemon.state = 'none';
    stage.daemon.addContact('Bob');
    const page = await stage.enter();
    await page.getByRole('button', { name: 'I have a backup' }).click();
    await page.getByLabel('Folder of the backup').fill('/media/stick/tacet');
    await page.getByLabel('Recovery phrase, twelve words').fill('zoo');
    await page.getByLabel('New passphrase', { exact: true }).fill('one');
    await page.getByLabel('Once more', { exact: true }).fill('two');
    await page.getByRole('button', { name: 'Bring it back' }).click();
    await page.getByText('The two passphrases differ.').waitFor();
    await page.getByLabel('Once more', { exact: true }).fill('one');
    await page.getByRole('button', { name: 'Bring it back' }).click();
    await page.getByText('That phrase does not open this backup.').waitFor();
    await page.getByLabel('Recovery phrase, twelve words').fill(PHRASE);
    const open = closedGate(stage);
    await page.getByRole('button', { name: 'Bring it back' }).click();
    await page.getByText('Bringing it back, 31 of 96 pieces').waitFor();
    open();
    await page.getByRole('navigation', { name: 'Conversations' }).getByText('Bob').waitFor();
  });
});
