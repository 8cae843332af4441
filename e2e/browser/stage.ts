/** Two people who have met, each with a window: a network of six processes, two daemons, pages. */
import { buildWindow } from '@tacet/web/build';
import type { Page } from 'playwright-core';
import type { DaemonProcess } from '../lib/daemon.ts';
import { introduce } from '../lib/meet.ts';
import { FAST, Town } from '../lib/town.ts';

/** ms */
export const SOON = { timeout: 60_000 };

/** Builds the page, then a network whose daemons serve it. */
export async function openTown(): Promise<Town> {
  await buildWindow();
  return Town.open({ parameters: FAST, windows: true });
}

/** Alice and Bob, who can write to each other. */
export async function twoPeople(town: Town): Promise<[alice: DaemonProcess, bob: DaemonProcess]> {
  const [alice, bob] = await Promise.all([town.person('Alice'), town.person('Bob')]);
  await introduce(town, alice, bob);
  return [alice, bob];
}

export async function enter(page: Page, daemon: DaemonProcess): Promise<void> {
  await page.goto((await daemon.api.call('window.open', {})).url);
  await page.getByRole('navigation').waitFor(SOON);
}

export async function openChat(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation').getByRole('button', { name }).click();
  await page.getByRole('textbox', { name: `Message to ${name}` }).waitFor();
}

export async function write(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: /^Message to/ }).fill(text);
  await page.keyboard.press('Enter');
}

/** The message whose label begins so. */
export const row = (page: Page, start: string) =>
  page.getByRole('listitem', { name: new RegExp(`^${start}`) });
