/**
 * A real Chromium over a real window server and a fake daemon. Whatever the test is about, it
 * fails when the page breaks its policy, logs an error, or asks for anything but loopback.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext } from 'node:test';
import { loadAssets, startWindowServer, type WindowServer } from '@tacet/host/window';
import { buildWindow } from '@tacet/web/build';
import type { BrowserContext, Page } from 'playwright-core';
import { launchChromium, type Running } from './chromium.ts';
import { FakeDaemon } from './fake-daemon.ts';
import { rng } from './setup.ts';

let shared: Promise<Running> | null = null;
let assets: ReturnType<typeof loadAssets> | null = null;

after(async () => {
  const running = await shared;
  await running?.close();
  assert.deepEqual(running?.asked() ?? [], [], 'the browser asked the outside for something');
});

/** Builds the page once for a process, in a folder of its own: tests run side by side. */
export function builtAssets(): ReturnType<typeof loadAssets> {
  assets ??= buildElsewhere();
  return assets;
}

async function buildElsewhere(): ReturnType<typeof loadAssets> {
  const folder = await mkdtemp(join(tmpdir(), 'tacet-window-'));
  try {
    return await loadAssets(await buildWindow(join(folder, 'dist')));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Pages of one test, watched. */
export interface Watch {
  readonly context: BrowserContext;
  /** Console errors, uncaught errors, policy violations. A test takes out what it expects. */
  readonly troubles: string[];
  /** Every address the pages asked for. */
  readonly requests: string[];
  /** A page that is watched for troubles. */
  newPage(): Promise<Page>;
}

export interface Stage extends Watch {
  readonly daemon: FakeDaemon;
  readonly server: WindowServer;
  /** A page that came in with a ticket. */
  enter(): Promise<Page>;
}

export interface WatchOptions {
  /** Flags beyond the usual: then the test has a browser of its own. */
  readonly args?: readonly string[];
  readonly scheme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
  /** Names besides loopback that attackers' pages of the test live under. */
  readonly strangers?: readonly string[];
}

/** @param leave runs after the pages have gone and before anything is judged. */
export async function startWatch(
  t: TestContext,
  options: WatchOptions = {},
  leave: () => Promise<void> = async () => undefined,
): Promise<Watch> {
  const running = await browserFor(options);
  const context = await running.browser.newContext({
    viewport: { width: options.width ?? 1_200, height: options.height ?? 800 },
    colorScheme: options.scheme ?? 'light',
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
  });
  const troubles: string[] = [];
  const requests: string[] = [];
  context.on('request', (request) => requests.push(request.url()));
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      console.error(`violation: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  t.after(async () => {
    await context.close();
    if (options.args !== undefined) await running.close();
    await leave();
    const foreign = requests.filter((url) => !isExpected(url, options.strangers ?? []));
    assert.deepEqual(foreign, [], 'the page asked for something that is not loopback');
    assert.deepEqual(troubles, [], 'the page logged errors or broke its policy');
  });
  const newPage = async (): Promise<Page> => {
    const page = await context.newPage();
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) troubles.push(message.text());
    });
    page.on('pageerror', (error) => troubles.push(String(error)));
    return page;
  };
  return { context, troubles, requests, newPage };
}

export async function startStage(t: TestContext, options: WatchOptions = {}): Promise<Stage> {
  const daemon = new FakeDaemon();
  const clock = { now: Date.now };
  const server = await startWindowServer({ core: daemon, assets: await builtAssets(), rng, clock });
  const watch = await startWatch(t, options, async () => {
    daemon.close();
    await server.close();
  });
  const enter = async (): Promise<Page> => {
    const page = await watch.newPage();
    await page.goto(server.ticket());
    return page;
  };
  return { ...watch, daemon, server, enter };
}

function browserFor(options: WatchOptions): Promise<Running> {
  if (options.args !== undefined) return launchChromium(options.args);
  shared ??= launchChromium();
  return shared;
}

function isExpected(url: string, strangers: readonly string[]): boolean {
  const { protocol, hostname } = new URL(url);
  if (['data:', 'blob:', 'about:', 'file:', 'chrome-error:'].includes(protocol)) return true;
  if (hostname === '127.0.0.1' || hostname === '[::1]') return true;
  return /(^|\.)localhost$/.test(hostname) || strangers.includes(hostname);
}
