/**
 * A voice note between two windows: recorded from a microphone that beeps, listened to, sent, and played
 * by the other one, within the page's policy.
 */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { checkNote } from '@tacet/client/voice';
import { buildWindow } from '@tacet/web/build';
import type { Page } from 'playwright-core';
import type { DaemonProcess } from '../lib/daemon.ts';
import { introduce } from '../lib/meet.ts';
import { FAST, Town } from '../lib/town.ts';
import { readBelow } from '../relay/lib/files.ts';
import { startWatch } from '../window/lib/browser.ts';

const SOON = { timeout: 120_000 };
/** A microphone that beeps each second, and a person who says yes to it. */
const MICROPHONE = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

async function enter(page: Page, daemon: DaemonProcess, name: string): Promise<void> {
  await page.goto((await daemon.api.call('window.open', {})).url);
  await page.getByRole('navigation').getByRole('button', { name }).click(SOON);
  await page.getByRole('textbox', { name: `Message to ${name}` }).waitFor();
}

const group = (page: Page) => page.getByRole('group', { name: /^Voice note to/ });
const slider = (within: Page | ReturnType<Page['locator']>) =>
  within.getByRole('slider', { name: 'Position in the voice note' });

/** Heights of the bars that are drawn. */
function bars(page: Page, where: string): Promise<number[]> {
  return page
    .locator(`${where} .waveform rect`)
    .evaluateAll((list) => list.map((bar) => Number(bar.getAttribute('height'))));
}

async function record(page: Page, ms: number): Promise<void> {
  await page.getByRole('button', { name: 'Record a voice note' }).click();
  await page.getByRole('timer').waitFor(SOON);
  await page.waitForTimeout(ms);
}

describe('browser: a voice note', { timeout: 600_000 }, () => {
  let town: Town;
  let alice: DaemonProcess;
  let bob: DaemonProcess;
  let failed = true;

  before(async () => {
    await buildWindow();
    town = await Town.open({ parameters: FAST, windows: true });
    [alice, bob] = await Promise.all([town.person('Alice'), town.person('Bob')]);
    await introduce(town, alice, bob);
  });
  after(() => town.close(failed));

  it('recorded, listened to, sent, and played by the other one', async (t) => {
    const watch = await startWatch(t, { args: MICROPHONE });
    const [hers, his] = [await watch.newPage(), await watch.newPage()];
    await enter(hers, alice, 'Bob');
    await enter(his, bob, 'Alice');
    await hers.bringToFront();

    // --- given up: nothing of it stays
    await record(hers, 800);
    await hers.keyboard.press('Escape');
    await group(hers).waitFor({ state: 'detached' });
    assert.equal(await focused(hers), 'Record a voice note', 'focus is where it began');

    // --- recorded: what is heard is drawn as it comes
    await record(hers, 3_500);
    const live = await bars(hers, '.live');
    assert.ok(Math.max(...live) > 10 && live.some((height) => height < 4), live.join(' '));
    await screenshot(hers, 'recording');
    await hers.getByRole('button', { name: 'Stop recording' }).click();
    await hers.getByRole('button', { name: 'Send voice note' }).waitFor(SOON);
    assert.equal(await focused(hers), 'Send voice note');
    await hers.getByText(/^On its way for /).waitFor();

    // --- listened to before it is sent
    await group(hers)
      .getByRole('button', { name: /^Play voice note, \d seconds/ })
      .click();
    await group(hers)
      .getByRole('button', { name: /^Pause voice note/ })
      .waitFor(SOON);
    await moves(slider(group(hers)));
    await screenshot(hers, 'preview');
    await hers.getByRole('button', { name: 'Send voice note' }).click();
    await group(hers).waitFor({ state: 'detached' });
    const own = hers.getByRole('listitem', { name: /^You: Voice note, \d seconds/ });
    await own.waitFor(SOON);

    // --- there
    await his.bringToFront();
    const row = his.getByRole('listitem', { name: /^Alice: Voice note, \d seconds\./ });
    await row.getByRole('button', { name: /^Play voice note/ }).waitFor(SOON);
    const drawn = await bars(his, '.message-in');
    assert.equal(drawn.length, 64);
    // Beeps, and silence between them.
    assert.ok(Math.max(...drawn) > 10 && drawn.includes(2), drawn.join(' '));
    await row.getByRole('button', { name: 'Speed 1 times. Change it' }).click();
    await row.getByRole('button', { name: 'Speed 1.5 times. Change it' }).click();
    await row.getByRole('button', { name: 'Speed 2 times. Change it' }).waitFor();
    await row.getByRole('button', { name: /^Play voice note/ }).click();
    await moves(slider(row));
    await screenshot(his, 'received');
    await row.getByRole('button', { name: /^Play voice note/ }).waitFor(SOON);
    assert.equal(await slider(row).getAttribute('aria-valuenow'), '0', 'ended: it begins anew');

    // --- by keys
    await slider(row).focus();
    await his.keyboard.press('ArrowRight');
    await his.keyboard.press('ArrowRight');
    await valued(slider(row), (now) => now >= 2);
    await his.keyboard.press('Home');
    await valued(slider(row), (now) => now <= 1);
    assert.equal(await his.evaluate(() => document.activeElement?.role), 'slider');

    // --- what came is a note and nothing else, and lies nowhere in clear
    const { contacts } = await bob.api.call('contact.list', {});
    const { file, id } = contacts[0]?.lastMessage ?? assert.fail();
    assert.equal(file?.kind, 'voice');
    const { bytes } = await bob.api.call('voice.read', { id });
    const note = Buffer.from(bytes, 'base64url');
    assert.equal(checkNote(note), file?.duration);
    assert.ok(!note.includes('Chrome'));
    // Within one packet, which lies alike in what the browser wrote.
    const piece = note.subarray(-245, -165);
    const folders = [join(town.dir, 'people'), ...browserFolders()];
    assert.ok(folders.length > 1, 'control: the browser has a folder');
    for (const folder of folders) {
      for (const { path, bytes: lying } of readBelow(folder)) {
        assert.ok(!lying.includes(piece), `in clear in ${path}`);
      }
    }

    // --- a lock leaves nothing of it
    await his.bringToFront();
    await row.getByRole('button', { name: /^Play voice note/ }).click();
    await bob.api.call('profile.lock', {});
    await his.getByRole('heading', { name: 'Locked' }).waitFor(SOON);
    assert.equal(await his.locator('.waveform').count(), 0);
    watch.troubles.splice(
      0,
      watch.troubles.length,
      ...watch.troubles.filter((one) => !/401/.test(one)),
    );
    failed = false;
  });
});

function focused(page: Page): Promise<string | null | undefined> {
  return page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
}

/** Its time goes on by itself. */
async function moves(one: ReturnType<typeof slider>): Promise<void> {
  await valued(one, (now) => now >= 1);
}

async function valued(
  one: ReturnType<typeof slider>,
  holds: (seconds: number) => boolean,
): Promise<void> {
  const until = Date.now() + 15_000;
  for (;;) {
    const now = Number(await one.getAttribute('aria-valuenow'));
    if (holds(now)) return;
    assert.ok(Date.now() < until, `still at ${now}`);
    await one.page().waitForTimeout(50);
  }
}

/** For looking at, where a folder is named. */
async function screenshot(page: Page, name: string): Promise<void> {
  const folder = process.env['TACET_SHOTS'];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** Profiles of running browsers of this test. */
function browserFolders(): string[] {
  return readdirSync('/tmp')
    .filter((name) => name.startsWith('playwright_chromiumdev_profile-'))
    .map((name) => join('/tmp', name));
}
