/**
 * Finds the SOCKS server the tests go through: microsocks, a small one that Debian ships
 * (installed.ts). Run by itself it prints the path.
 */
import { AppError } from '@tacet/base';
import { findInstalled } from './installed.ts';

/** The path of an executable microsocks. Throws `microsocks-missing` with what to do. */
function findMicrosocks(): Promise<string> {
  return findInstalled({
    title: 'microsocks',
    debian: 'microsocks',
    variable: 'TACET_MICROSOCKS',
    names: ['microsocks'],
    folders: ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'],
    neededFor: 'Tests through SOCKS',
    missing: (message) => new AppError('microsocks-missing', 'missing', message),
  });
}

if (import.meta.main) process.stdout.write(`${await findMicrosocks()}\n`);
