/**
 * Voice notes in a real browser: recorded from a microphone that beeps, listened to, sent, given up; played,
 * scrubbed by keys, fetched, refused. Within the page's policy, and with loopback only.
 */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { checkNote, makeNote } from '@tacet/client/voice';
import { RECORDING } from '@tacet/testkit/voices';
import type { Page } from 'playwright-core';
import { type Stage, startStage, type WatchOptions } from './lib/browser.ts';
import { voiceFile } from './lib/fake-views.ts';
import {
  bars,
  focused,
  MICROPHONE,
  record,
  recorder,
  screenshot,
  slider,
  valued,
} from './lib/voices.ts';

const SOON = { timeout: 60_000 };

async function chat(
  t: TestContext,
  options: WatchOptions = {},
): Promise<{ stage: Stage; page: Page; bob: string }> {
  const stage = await startStage(t, { args: MICROPHONE, ...options });
  const { id } = stage.daemon.addContact('Bob');
  const page = await stage.enter();
  await page.getByRole('navigation').getByRole('button', { name: /Bob/ }).click();
  await page.getByRole('textbox', { name: 'Message to Bob' }).waitFor();
  return { stage, page, bob: id };
}

describe('window: voice notes', { timeout: 300_000 }, () => {
  it('recorded, listened to and sent: what is heard is drawn as it comes, focus goes along', async (t) => {
    const { stage, page, bob } = await chat(t);
    await record(page, 3_500);
    const live = await bars(recorder(page));
    assert.ok(Math.max(...live) > 8 && live.some((height) => height < 4), live.join(' '));
    assert.equal(await focused(page), 'Stop recording');
    await screenshot(page, 'recording');
    await page.getByRole('button', { name: 'Stop recording' }).click();
    await page.getByRole('button', { name: 'Send voice note' }).waitFor(SOON);
    assert.equal(await focused(page), 'Send voice note');
    await page.getByText('On its way for 40–80 s.').waitFor();
    assert.equal(stage.daemon.called('file.send'), 0);

    await recorder(page)
      .getByRole('button', { name: /^Play voice note, \d seconds/ })
      .click();
    await valued(slider(recorder(page)), (now) => now >= 1);
    await screenshot(page, 'preview');

    await page.getByRole('button', { name: 'Send voice note' }).click();
    await recorder(page).waitFor({ state: 'detached' });
    assert.equal(await focused(page), 'Record a voice note');
    const row = page.getByRole('listitem', { name: /^You: Voice note, \d seconds\./ });
    await row.waitFor(SOON);
    const [message] = stage.daemon.messages.values();
    assert.equal(message?.contactId, bob);
    assert.equal(Buffer.from(message.file?.peaks ?? '', 'base64url').length, 64);
    const note = stage.daemon.voices.notes.get(message.id) ?? assert.fail();
    assert.equal(checkNote(note.bytes), note.duration);
    assert.ok(note.duration > 2_000 && note.duration < 30_000, `${note.duration}`);
    // 16 kbit/s: the browser kept the rate.
    assert.ok(note.bytes.length < 2.2 * note.duration + 400, `${note.bytes.length}`);
    await row.getByRole('button', { name: /^Play voice note/ }).click();
    await valued(slider(row), (now) => now >= 1);
  });

  it('given up: the microphone is let go, nothing is sent, and the draft is where it was', async (t) => {
    const { stage, page } = await chat(t);
    await record(page, 600);
    await page.keyboard.press('Escape');
    await recorder(page).waitFor({ state: 'detached' });
    assert.equal(await focused(page), 'Record a voice note');
    await record(page, 600);
    await page.getByRole('button', { name: 'Stop recording' }).click();
    await page.getByRole('button', { name: 'Discard' }).click(SOON);
    await recorder(page).waitFor({ state: 'detached' });
    assert.equal(stage.daemon.voices.uploads.size, 0, 'nor does the daemon keep anything');
    assert.equal(stage.daemon.called('file.send'), 0);
    await page.getByRole('textbox', { name: 'Message to Bob' }).fill('a text');
    assert.equal(await page.getByRole('button', { name: 'Record a voice note' }).count(), 0);
  });

  it('what cannot arrive in time is said, and cannot be sent', async (t) => {
    const { stage, page } = await chat(t);
    stage.daemon.voices.fits = false;
    await record(page, 600);
    await page.getByRole('button', { name: 'Stop recording' }).click();
    await page.getByText('This network is too slow for it').waitFor(SOON);
    assert.ok(await page.getByRole('button', { name: 'Send voice note' }).isDisabled());
  });

  it('a lock while it is recorded, or plays, leaves nothing of it', async (t) => {
    const { stage, page } = await chat(t);
    await record(page, 600);
    stage.daemon.lock();
    await page.getByRole('heading', { name: 'Locked' }).waitFor(SOON);
    assert.equal(await page.locator('.waveform').count(), 0);
    assert.equal(stage.daemon.called('file.begin'), 0);
  });

  it('one that came is played by the speed and place one likes, and fetched; what is not here is not played', async (t) => {
    const { stage, page, bob } = await chat(t);
    const made = makeNote(RECORDING, { bytes: 150_000, duration: 60_000 });
    const peaks = Buffer.from(Array.from({ length: 64 }, (_, n) => (n * 4) % 256)).toString(
      'base64url',
    );
    const here = voiceFile(made.bytes.length, 12_660, peaks, { state: 'here' });
    const text = 'Voice note (1.6 kB)';
    const whole = stage.daemon.receive(bob, text, { file: here });
    stage.daemon.voices.notes.set(whole.id, made);
    const row = page.locator(`[data-id="${whole.id}"]`);
    await row.waitFor(SOON);
    assert.match((await row.getAttribute('aria-label')) ?? '', /^Bob: Voice note, 13 seconds\./);
    assert.ok(!((await row.textContent()) ?? '').includes('kB'), 'drawn, not told');
    assert.equal(Math.max(...(await bars(row))), (252 / 255) * 32);
    await row.getByRole('button', { name: 'Speed 1 times. Change it' }).click();
    await row.getByRole('button', { name: 'Speed 1.5 times. Change it' }).click();
    await row.getByRole('button', { name: 'Speed 2 times. Change it' }).click();
    await row.getByRole('button', { name: 'Speed 1 times. Change it' }).waitFor();

    const other = stage.daemon.receive(bob, `${text}`, {
      file: voiceFile(made.bytes.length, 660, null, { state: 'offered' }),
    });
    const away = page.locator(`[data-id="${other.id}"]`);
    await away.getByRole('button', { name: 'Fetch it' }).click(SOON);
    await away.getByText('Voice note, 25 % here').waitFor(SOON);
    await screenshot(page, 'received');
    stage.daemon.patchMessage(other.id, {
      file: voiceFile(made.bytes.length, 660, null, { state: 'here' }),
    });
    await away.getByRole('button', { name: 'Play voice note, 1 second' }).click(SOON);
    // Not there for the daemon: it says so, in words.
    await away.getByRole('alert').waitFor(SOON);
    await screenshot(page, 'trouble');
  });

  it('scrubbing by keys: arrows, pages, Home and End move within the note, not to other messages', async (t) => {
    const { stage, page, bob } = await chat(t);
    const made = makeNote(RECORDING, { bytes: 150_000, duration: 60_000 });
    const file = voiceFile(made.bytes.length, 660, null, { state: 'here' });
    const one = stage.daemon.receive(bob, 'Voice note (1.6 kB)', { file });
    stage.daemon.voices.notes.set(one.id, made);
    const row = page.locator(`[data-id="${one.id}"]`);
    await slider(row).focus();
    await page.keyboard.press('End');
    await row.getByRole('button', { name: /voice note/ }).waitFor();
    const where = () => page.evaluate(() => document.activeElement?.getAttribute('role'));
    assert.equal(await where(), 'slider');
    await page.keyboard.press('Home');
    assert.equal(await where(), 'slider');
    await page.keyboard.press('ArrowRight');
    assert.equal(await where(), 'slider');
    assert.match((await slider(row).getAttribute('aria-valuetext')) ?? '', /of 1 second$/);
  });
});
