/** Finds the Chromium the browser tests drive (installed.ts). Run by itself it prints the path. */
import { AppError } from '@tacet/base';
import { findInstalled } from './installed.ts';

/** The path of an executable Chromium. Throws `chromium-missing` with what to do. */
export function findChromium(): Promise<string> {
  return findInstalled({
    title: 'Chromium',
    debian: 'chromium',
    variable: 'TACET_CHROMIUM',
    names: [
      'chromium',
      'chromium-browser',
      'google-chrome-stable',
      'google-chrome',
      'chrome',
      'Chromium',
      'Google Chrome',
      'chrome.exe',
      'chromium.exe',
    ],
    folders: [
      '/usr/bin',
      '/usr/local/bin',
      '/snap/bin',
      '/opt/google/chrome',
      '/Applications/Chromium.app/Contents/MacOS',
      '/Applications/Google Chrome.app/Contents/MacOS',
      'C:\\Program Files\\Google\\Chrome\\Application',
      'C:\\Program Files\\Chromium\\Application',
    ],
    neededFor: 'Browser tests',
    missing: (message) => new AppError('chromium-missing', 'missing', message),
  });
}

/** What every browser test starts Chromium with: no sandbox as root, and no traffic of its own. */
export const chromiumFlags: readonly string[] = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

if (import.meta.main) process.stdout.write(`${await findChromium()}\n`);
