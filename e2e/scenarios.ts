/** `npm run e2e -- scenarios`: all ten, as `npm test` and `npm run test:long` run them among others. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export async function run(): Promise<number> {
  const files = ['people.test.ts', 'trouble.long.test.ts'];
  const args = files.map((name) => join(import.meta.dirname, 'scenarios', name));
  const child = spawn(
    process.execPath,
    ['--test', '--test-concurrency=1', '--test-reporter=spec', ...args],
    { stdio: 'inherit' },
  );
  const [code] = await once(child, 'exit');
  return typeof code === 'number' ? code : 1;
}
