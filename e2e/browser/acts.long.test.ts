/**
 * Two windows, two daemons, a network of processes: what one does to a message the other sees, a picture is
 * pasted in one and looked at in the other, a file is saved to the byte, and what was said is found again.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import type { DaemonProcess } from '../lib/daemon.ts';
import type { Town } from '../lib/town.ts';
import { startWatch } from '../window/lib/browser.ts';
import { enter, openChat, openTown, twoPeople } from './stage.ts';

const SOON = { timeout: 120_000 };

describe('browser: acts and files', { timeout: 600_000 }, () => {
  let town: Town;
  let alice: DaemonProcess;
  let bob: DaemonProcess;
  let hers: Page;
  let his: Page;
  let failed = true;

  before(async () => {
    town = await openTown();
    [alice, bob] = await twoPeople(town);
  });
  after(() => town.close(failed));

  it('answers, signs, versions and deletions come over, and say whether they have', async (t) => {
    const watch = await startWatch(t);
    [hers, his] = [await watch.newPage(), await watch.newPage()];
    await Promise.all([enter(hers, alice), enter(his, bob)]);
    await Promise.all([openChat(hers, 'Bob'), openChat(his, 'Alice')]);
    await write(hers, 'Shall we meet at six?');
    await row(his, 'Alice: Shall we').waitFor(SOON);
    await choose(his, 'Alice: Shall we', 'Reply');
    await write(his, 'Sevn is better');
    await row(hers, 'Bob, in reply to yourself: Sevn').waitFor(SOON);
    await his.getByRole('textbox', { name: 'Message to Alice' }).press('ArrowUp');
    await write(his, 'Seven is better');
    await row(hers, 'Bob, in reply to yourself: Seven is better.*Edited').waitFor(SOON);
    await row(hers, 'Bob, in reply to yourself: Seven').click({ button: 'right' });
    await hers.getByRole('menuitemradio', { name: 'React with ❤️' }).click();
    await row(his, 'You, in reply to Alice: Seven')
      .getByRole('button', { name: /^❤️, Alice/ })
      .waitFor(SOON);
    await row(hers, 'Bob, in reply to yourself: Seven')
      .getByRole('button', { name: '❤️, You. Take it back' })
      .waitFor(SOON);
    await choose(hers, 'You: Shall we', 'Delete');
    await hers.getByRole('button', { name: 'Delete for both' }).click();
    await row(his, 'Alice: Alice deleted this message').waitFor(SOON);
    await row(hers, 'You: You deleted this message. The device of Bob confirmed it').waitFor(SOON);
    await row(his, 'You, in reply to Alice: Seven')
      .getByText('A message that is gone')
      .waitFor(SOON);
  });

  it('a pasted picture is looked at, a file saved to the byte, and words beside it found', async (t) => {
    const watch = await startWatch(t);
    [hers, his] = [await watch.newPage(), await watch.newPage()];
    await Promise.all([enter(hers, alice), enter(his, bob)]);
    await Promise.all([openChat(hers, 'Bob'), openChat(his, 'Alice')]);
    await pastePicture(hers, 'IMG_20261122.png');
    await hers.getByText(/made anew, some/).waitFor(SOON);
    await write(hers, 'From the rehearsal');
    const seen = row(his, 'Alice: Picture.*From the rehearsal');
    await seen.locator('img').waitFor(SOON);
    const size = await seen.locator('img').evaluate(async (one) => {
      await (one as HTMLImageElement).decode();
      return [(one as HTMLImageElement).naturalWidth, (one as HTMLImageElement).naturalHeight];
    });
    assert.deepEqual(size, [64, 48]);
    assert.equal(await seen.getByText('IMG_2026').count(), 0, 'nor the name a camera gave it');

    const bytes = randomBytes(30_000);
    await hers
      .locator('input[type="file"]')
      .setInputFiles({ name: 'notes.bin', mimeType: 'application/octet-stream', buffer: bytes });
    await hers
      .locator('.attachment')
      .getByText(/30 kB, some/)
      .waitFor(SOON);
    await hers.getByRole('button', { name: 'Send' }).click();
    const file = row(his, 'Alice: File notes.bin, 30 kB, complete');
    await file.waitFor(SOON);
    const [download] = await Promise.all([
      his.waitForEvent('download'),
      file.getByRole('button', { name: 'Save' }).click(),
    ]);
    assert.deepEqual(await readFile(await download.path()), bytes);

    await his.bringToFront();
    await his.keyboard.press('Control+k');
    await his.keyboard.type('rehears');
    await his.getByRole('navigation', { name: 'Search results' }).locator('mark').waitFor(SOON);
    await his.getByRole('navigation', { name: 'Search results' }).getByRole('button').click();
    assert.equal(await seen.evaluate((one) => one === document.activeElement), true);
    failed = false;
  });
});

const row = (page: Page, start: string) =>
  page.getByRole('listitem', { name: new RegExp(`^${start}`) });

async function write(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: /^Message to/ }).fill(text);
  await page.keyboard.press('Enter');
}

async function choose(page: Page, of: string, item: string): Promise<void> {
  await row(page, of).click({ button: 'right' });
  await page.getByRole('menu').getByRole('menuitem', { name: item }).click();
}

/** 64 x 48 pixels, as from another program. */
const pastePicture = (page: Page, name: string) =>
  page.evaluate(async (called) => {
    const canvas = new OffscreenCanvas(64, 48);
    const context = canvas.getContext('2d');
    context?.fillRect(8, 8, 40, 24);
    const blob = await canvas.convertToBlob({ type: 'image/png' });
    const data = new DataTransfer();
    data.items.add(new File([blob], called, { type: 'image/png' }));
    const init = { bubbles: true, cancelable: true, clipboardData: data } as const;
    document.querySelector('.composer textarea')?.dispatchEvent(new ClipboardEvent('paste', init));
  }, name);
