/**
 * A real Chromium over a real window server and a fake daemon. Whatever the test is about, it
 * fails when the page breaks its policy, logs an error, or asks for anything but loopback.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { loadAssets, startWindowServer, type WindowServer } from '@tacet/host/window';
import { buildWindow } from '@tacet/web/build';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { FakeDaemon } from './fake-daemon.ts';
import { rng } from './setup.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');

/** No sandbox as root, and no traffic of its own. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let executable: Promise<string> | null = null;

/** Runs tools/chromium.ts, which may install a package. */
export function chromiumPath(): Promise<string> {
  executable ??= promisify(execFile)(process.execPath, [join(root, 'tools/chromium.ts')]).then(
    ({ stdout }) => stdout.trim(),
  );
  return executable;
}

let assets: ReturnType<typeof loadAssets> | null = null;

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

export interface Watched {
  readonly browser: Browser;
  readonly context: BrowserContext;
  /** Console errors, uncaught errors, policy violations. A test may take out what it expects. */
  readonly troubles: string[];
  /** Every address the pages asked for. */
  readonly requests: string[];
  /** Run after the browser has gone and before anything is judged. */
  readonly closers: (() => Promise<void>)[];
  newPage(): Promise<Page>;
}

export interface Stage extends Watched {
  readonly daemon: FakeDaemon;
  readonly server: WindowServer;
  /** A page that came in with a ticket. */
  enter(): Promise<Page>;
}

export interface BrowserOptions {
  readonly args?: readonly string[];
  readonly scheme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
  readonly reducedMotion?: boolean;
}

export async function startBrowser(t: TestContext, options: BrowserOptions = {}): Promise<Watched> {
  const proxy = await startProxy();
  const browser = await chromium.launch({
    executablePath: await chromiumPath(),
    args: [...flags, `--proxy-server=http://127.0.0.1:${proxy.port}`, ...(options.args ?? [])],
  });
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1_200, height: options.height ?? 800 },
    colorScheme: options.scheme ?? 'light',
    reducedMotion: options.reducedMotion === false ? 'no-preference' : 'reduce',
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
  const closers: (() => Promise<void>)[] = [];
  t.after(async () => {
    await browser.close();
    for (const close of closers) await close();
    await proxy.close();
    const foreign = requests.filter((url) => !isLoopback(url));
    assert.deepEqual(foreign, [], 'the page asked for something that is not loopback');
    assert.deepEqual(
      proxy.asked.filter(isNotItsOwn),
      [],
      'the browser asked the outside for something',
    );
    assert.deepEqual(troubles, [], 'the page logged errors or broke its policy');
  });
  return {
    browser,
    context,
    troubles,
    requests,
    closers,
    async newPage() {
      const page = await context.newPage();
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) troubles.push(message.text());
      });
      page.on('pageerror', (error) => troubles.push(String(error)));
      return page;
    },
  };
}

export async function startStage(t: TestContext, options: BrowserOptions = {}): Promise<Stage> {
  const daemon = new FakeDaemon();
  const server = await startWindowServer({
    core: daemon,
    assets: await builtAssets(),
    rng,
    clock: { now: Date.now },
  });
  const watched = await startBrowser(t, options);
  watched.closers.push(async () => {
    daemon.close();
    await server.close();
  });
  return {
    ...watched,
    daemon,
    server,
    async enter() {
      const page = await watched.newPage();
      await page.goto(server.ticket());
      return page;
    },
  };
}

/** Stands for the whole outside world: loopback goes round it, all else would be seen here. */
async function startProxy() {
  const asked: string[] = [];
  const server = createServer((socket) => {
    socket.once('data', (data) => {
      asked.push(data.toString('latin1').split('\r\n')[0] ?? '');
      socket.destroy();
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    asked,
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** Chromium's updater and account service speak up in spite of the flags; the page cannot. */
function isNotItsOwn(line: string): boolean {
  return !/ (https?:\/\/)?[a-z0-9-]+\.(googleapis|google|gvt1)\.com[:/]/.test(line);
}

function isLoopback(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  if (['data:', 'blob:', 'about:', 'file:', 'chrome-error:'].includes(protocol)) return true;
  return hostname === '127.0.0.1' || hostname === '[::1]' || /(^|\.)localhost$/.test(hostname);
}
