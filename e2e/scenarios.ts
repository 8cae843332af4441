/** `npm run e2e -- scenarios`: the test file alone, as `npm test` runs it among the others. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export async function run(): Promise<number> {
  const file = join(import.meta.dirname, 'scenarios.test.ts');
  const child = spawn(process.execPath, ['--test', '--test-reporter=spec', file], {
    stdio: 'inherit',
  });
  const [code] = await once(child, 'exit');
  return typeof code === 'number' ? code : 1;
}
