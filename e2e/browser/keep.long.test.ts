/**
 * Two windows, two daemons, a network of processes: people compare keys, arrange a conversation, choose a level, and
 * one of them makes a backup, tests it, and has the profile back on another computer.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import type { DaemonProcess } from '../lib/daemon.ts';
import type { Town } from '../lib/town.ts';
import { startWatch } from '../window/lib/browser.ts';
import { takeOut } from '../window/lib/troubles.ts';
import { enter, openChat, openTown, row, twoPeople, write } from './stage.ts';

const SOON = { timeout: 120_000 };

describe('browser: keys, levels, backups', { timeout: 600_000 }, () => {
  let town: Town;
  let alice: DaemonProcess;
  let bob: DaemonProcess;
  let failed = true;

  before(async () => {
    town = await openTown();
    [alice, bob] = await twoPeople(town);
  });
  after(() => town.close(failed));

  async function both(t: TestContext): Promise<[hers: Page, his: Page]> {
    const watch = await startWatch(t);
    const [hers, his] = [await watch.newPage(), await watch.newPage()];
    await Promise.all([enter(hers, alice), enter(his, bob)]);
    await Promise.all([openChat(hers, 'Bob'), openChat(his, 'Alice')]);
    return [hers, his];
  }

  it('both see the same number, then the same code, and are verified', async (t) => {
    const [hers, his] = await both(t);
    await Promise.all([compare(hers, 'Bob'), compare(his, 'Alice')]);
    const [a, b] = await Promise.all([number(hers), number(his)]);
    assert.match(a, /^\d{60}$/);
    assert.equal(a, b);
    await hers.getByRole('button', { name: 'Work out a code' }).click();
    const codes = await Promise.all([code(hers), code(his)]);
    assert.match(codes[0], /^\d{3} \d{3}$/);
    assert.equal(codes[0], codes[1]);
    for (const page of [hers, his]) {
      await page
        .getByRole('group', { name: /^The code/ })
        .getByText('The same')
        .click();
      await page.getByText('You said that it is the same.').waitFor(SOON);
      await page.keyboard.press('Escape');
      await page.getByRole('main').getByText('Verified', { exact: true }).waitFor(SOON);
    }
  });

  it('a timer is told to the other side, and a draft is there after a lock', async (t) => {
    const watch = await startWatch(t);
    const [hers, his] = [await watch.newPage(), await watch.newPage()];
    await Promise.all([enter(hers, alice), enter(his, bob)]);
    await Promise.all([openChat(hers, 'Bob'), openChat(his, 'Alice')]);
    await hers.getByRole('button', { name: 'About Bob' }).click();
    await hers.getByLabel('Messages disappear').selectOption('After 24 h');
    await hers.keyboard.press('Escape');
    await row(his, 'Alice: .*disappear').waitFor(SOON);
    await write(hers, 'This one goes.');
    await row(his, 'Alice: This one goes')
      .getByText('stays 24 h')
      .or(row(his, 'Alice: This one goes').getByText(/^gone /))
      .waitFor(SOON);
    const composer = hers.getByRole('textbox', { name: 'Message to Bob' });
    await composer.pressSequentially('half a thought');
    await hers.keyboard.press('Control+Shift+L');
    await hers.getByRole('heading', { name: 'Locked' }).waitFor();
    await hers.getByLabel('Passphrase', { exact: true }).fill(alice.passphrase ?? assert.fail());
    await hers.keyboard.press('Enter');
    await hers.getByRole('navigation').getByText('half a thought').waitFor(SOON);
    await openChat(hers, 'Bob');
    assert.equal(await composer.inputValue(), 'half a thought');
    await composer.fill('');
    takeOut(watch.troubles, /status of 401/);
  });

  it('levels stand with this network’s figures; Fast begins after a yes and is taken back', async (t) => {
    const [hers] = await both(t);
    await hers.getByRole('button', { name: /Show network/ }).click();
    const level = (name: string) => hers.locator('.level', { hasText: name });
    await level('Strong')
      .getByText(/B a day\.$/)
      .waitFor(SOON);
    await level('Fast').getByRole('radio').click();
    await hers.getByLabel('I give that up for speed').check();
    await hers.getByRole('button', { name: 'Change to Fast' }).click();
    const soon = level('Fast').getByText(/^(soon|now)$/);
    await soon.waitFor(SOON);
    await level('Balanced').getByRole('radio').click();
    await hers.getByRole('button', { name: 'Change to Balanced' }).click();
    await soon.waitFor({ ...SOON, state: 'detached' });
    assert.equal((await alice.api.call('level.compare', {})).level, 'balanced');
  });

  it('a backup is made, tested, and brings the profile back elsewhere', async (t) => {
    const watch = await startWatch(t);
    const page = await watch.newPage();
    await enter(page, alice);
    const folder = join(town.dir, 'backup-of-alice');
    const phrase = await firstBackup(page, alice.passphrase ?? assert.fail());
    await page.getByRole('button', { name: 'Another folder' }).click();
    await page.getByLabel(/^Folder on this computer/).fill(folder);
    await page
      .getByLabel('Your passphrase', { exact: true })
      .fill(alice.passphrase ?? assert.fail());
    await page.getByRole('button', { name: 'Use this folder' }).click();
    await page.getByText(folder, { exact: true }).waitFor(SOON);
    await page.getByRole('button', { name: 'Make one now' }).click();
    await town.until('the second backup stands', 120_000, async () => {
      return (await alice.api.call('backup.status', {})).last?.number === 2;
    });
    await page.getByLabel('Recovery phrase, twelve words').fill(phrase.toUpperCase());
    await page.getByRole('button', { name: 'Test it' }).click();
    await page.getByText('It is whole.').waitFor(SOON);
    await page.getByText(/: 1 contact, \d+ messages/).waitFor();
    await alice.kill();

    const anna = town.blank('Anna');
    const api = await anna.startClosed();
    const hers = await watch.newPage();
    await hers.goto((await api.call('window.open', {})).url);
    await hers.getByRole('button', { name: 'I have a backup' }).click();
    await hers.getByLabel('Folder of the backup').fill(folder);
    await hers.getByLabel('Recovery phrase, twelve words').fill(phrase);
    await hers.getByLabel('New passphrase', { exact: true }).fill('another one');
    await hers.getByLabel('Once more', { exact: true }).fill('another one');
    await hers.getByRole('button', { name: 'Bring it back' }).click();
    await openChat(hers, 'Bob');
    await row(hers, 'You: This one goes').waitFor(SOON);
    await hers.getByRole('main').getByText('Verified', { exact: true }).waitFor();
    watch.troubles.length = 0;
    failed = false;
  });
});

async function compare(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `About ${name}` }).click();
  await page.getByRole('button', { name: 'Compare keys' }).click();
}

async function number(page: Page): Promise<string> {
  const list = page.getByRole('list', { name: /^Safety number/ });
  await list.waitFor(SOON);
  return (await list.getByRole('listitem').allTextContents()).join('');
}

async function code(page: Page): Promise<string> {
  const shown = page.getByRole('status', { name: /^Short code/ });
  await shown.waitFor(SOON);
  return (await shown.textContent()) ?? '';
}

/** Gives the phrase as it was shown. */
async function firstBackup(page: Page, passphrase: string): Promise<string> {
  await page.getByRole('button', { name: /^Alice.*backups/ }).click();
  await page.getByRole('button', { name: 'Make a backup' }).click();
  await page.getByRole('button', { name: 'Show me the words' }).click();
  const list = page.getByRole('list', { name: 'Recovery phrase' });
  await list.waitFor(SOON);
  const words = await list.getByRole('listitem').allTextContents();
  assert.equal(words.length, 12);
  await page.getByRole('button', { name: 'I have written them down' }).click();
  await page.getByText('Give three of them back').waitFor();
  for (const label of await page.getByText(/^Word \d+$/).allTextContents()) {
    await page.getByLabel(label, { exact: true }).fill(words[Number(label.slice(5)) - 1] ?? '');
  }
  await page.getByLabel('Your passphrase, to go on', { exact: true }).fill(passphrase);
  await page.getByRole('button', { name: 'They are right' }).click();
  await page.getByText(/^today at \d\d:\d\d, /).waitFor(SOON);
  return words.join(' ');
}
