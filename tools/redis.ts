/**
 * Finds the redis-server of which tests and benches start a cluster (installed.ts). Debian's package
 * also starts a server of its own on port 6379, where its system starts services; nothing here uses
 * that one. Run by itself it prints the path.
 */
import { AppError } from '@tacet/base';
import { findInstalled } from './installed.ts';

/** The path of an executable redis-server. Throws `redis-missing` with what to do. */
export function findRedis(): Promise<string> {
  return findInstalled({
    title: 'redis-server',
    debian: 'redis-server',
    variable: 'TACET_REDIS',
    names: ['redis-server'],
    folders: ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'],
    neededFor: 'Tests of the Redis box store',
    missing: (message) => new AppError('redis-missing', 'missing', message),
  });
}

if (import.meta.main) process.stdout.write(`${await findRedis()}\n`);
