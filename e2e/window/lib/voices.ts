/** What tests of voice notes do to a page, and see there. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';

/** A microphone that beeps each second, and a person who says yes to it. */
export const MICROPHONE = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
const SOON = { timeout: 60_000 };

/** Where a note to Bob is recorded, listened to and sent. */
export const recorder = (page: Page): Locator =>
  page.getByRole('group', { name: 'Voice note to Bob' });

export const slider = (within: Locator): Locator =>
  within.getByRole('slider', { name: 'Position in the voice note' });

/** Records for `ms` from when it says that it does. */
export async function record(page: Page, ms: number): Promise<void> {
  await page.getByRole('button', { name: 'Record a voice note' }).click();
  await page.getByRole('timer').waitFor(SOON);
  await page.waitForTimeout(ms);
}

/** Heights of the bars that are drawn. */
export function bars(within: Locator): Promise<number[]> {
  return within
    .locator('.waveform rect')
    .evaluateAll((list) => list.map((bar) => Number(bar.getAttribute('height'))));
}

/** Waits until a slider's value, whole seconds, is so. */
export async function valued(one: Locator, holds: (seconds: number) => boolean): Promise<void> {
  const end = Date.now() + SOON.timeout;
  for (;;) {
    const now = Number(await one.getAttribute('aria-valuenow'));
    if (holds(now)) return;
    assert.ok(Date.now() < end, `still at ${now}`);
    await one.page().waitForTimeout(50);
  }
}

/** Its label. */
export function focused(page: Page): Promise<string | null | undefined> {
  return page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
}

/** For looking at, where a folder is named. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = process.env['TACET_SHOTS'];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) });
}
