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

if (import.meta.main) process.stdout.write(`${await findChromium()}\n`);
