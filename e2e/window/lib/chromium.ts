/** Chromium for a test process: one browser for all ordinary tests, others by their flags. */
import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

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

export interface Running {
  readonly browser: Browser;
  /** First lines of what the browser asked the outside for, its own services left out. */
  asked(): readonly string[];
  close(): Promise<void>;
}

/** With a fresh profile folder, which Playwright makes and removes. */
export async function launchChromium(args: readonly string[] = []): Promise<Running> {
  const proxy = await startProxy();
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: [...flags, `--proxy-server=http://127.0.0.1:${proxy.port}`, ...args],
  });
  return {
    browser,
    asked: () => proxy.asked.filter(isNotItsOwn),
    async close() {
      await browser.close();
      await proxy.close();
    },
  };
}

/** Runs tools/chromium.ts, which may install a package. */
async function findChromium(): Promise<string> {
  const script = join(root, 'tools/chromium.ts');
  return (await promisify(execFile)(process.execPath, [script])).stdout.trim();
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
