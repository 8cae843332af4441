/**
 * A voice note between two windows: recorded from a microphone that beeps, listened to, sent, and played
 * by the other one, within the page's policy.
 */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { checkNote } from '@tacet/client/voice';
import type { Locator } from 'playwright-core';
import type { DaemonProcess } from '../lib/daemon.ts';
import type { Town } from '../lib/town.ts';
import { readBelow } from '../relay/lib/files.ts';
import { startWatch } from '../window/lib/browser.ts';
import { takeOut } from '../window/lib/troubles.ts';
import {
  bars,
  focused,
  MICROPHONE,
  record,
  recorder,
  screenshot,
  slider,
  valued,
} from '../window/lib/voices.ts';
import { enter, openChat, openTown, twoPeople } from './stage.ts';

const SOON = { timeout: 120_000 };

describe('browser: a voice note', { timeout: 600_000 }, () => {
  let town: Town;
  let alice: DaemonProcess;
  let bob: DaemonProcess;
  let failed = true;

  before(async () => {
    town = await openTown();
    [alice, bob] = await twoPeople(town);
  });
  after(() => town.close(failed));

  it('recorded, listened to, sent, and played by the other one', async (t) => {
    const watch = await startWatch(t, { args: MICROPHONE });
    const [hers, his] = [await watch.newPage(), await watch.newPage()];
    await enter(hers, alice);
    await openChat(hers, 'Bob');
    await enter(his, bob);
    await openChat(his, 'Alice');
    await hers.bringToFront();

    // --- given up: nothing of it stays
    await record(hers, 800);
    await hers.keyboard.press('Escape');
    await recorder(hers).waitFor({ state: 'detached' });
    assert.equal(await focused(hers), 'Record a voice note', 'focus is where it began');

    // --- recorded: what is heard is drawn as it comes
    await record(hers, 3_500);
    const live = await bars(hers.locator('.live'));
    assert.ok(Math.max(...live) > 10 && live.some((height) => height < 4), live.join(' '));
    await screenshot(hers, 'recording');
    await hers.getByRole('button', { name: 'Stop recording' }).click();
    await hers.getByRole('button', { name: 'Send voice note' }).waitFor(SOON);
    assert.equal(await focused(hers), 'Send voice note');
    await hers.getByText(/^On its way for /).waitFor();

    // --- listened to before it is sent
    await recorder(hers)
      .getByRole('button', { name: /^Play voice note, \d seconds/ })
      .click();
    await recorder(hers)
      .getByRole('button', { name: /^Pause voice note/ })
      .waitFor(SOON);
    await moves(slider(recorder(hers)));
    await screenshot(hers, 'preview');
    await hers.getByRole('button', { name: 'Send voice note' }).click();
    await recorder(hers).waitFor({ state: 'detached' });
    const own = hers.getByRole('listitem', { name: /^You: Voice note, \d seconds/ });
    await own.waitFor(SOON);

    // --- there
    await his.bringToFront();
    const row = his.getByRole('listitem', { name: /^Alice: Voice note, \d seconds\./ });
    await row.getByRole('button', { name: /^Play voice note/ }).waitFor(SOON);
    const drawn = await bars(his.locator('.message-in'));
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
    takeOut(watch.troubles, /401/);
    failed = false;
  });
});

/** Its time goes on by itself. */
async function moves(one: Locator): Promise<void> {
  await valued(one, (now) => now >= 1);
}

/** Profiles of running browsers of this test. */
function browserFolders(): string[] {
  return readdirSync(tmpdir())
    .filter((name) => name.startsWith('playwright_chromiumdev_profile-'))
    .map((name) => join(tmpdir(), name));
}
