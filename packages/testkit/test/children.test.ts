/** Children end with the process that started them, however it ends. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../src/children.ts', import.meta.url));

/** Says when two children run that hold its output; a third has ended by itself before. */
const PARENT = `
  const { spawn } = await import('node:child_process');
  const { endWithUs } = await import(process.argv[1]);
  const start = (...args) => {
    const child = spawn('sleep', args, { stdio: ['ignore', 'inherit', 'ignore'] });
    endWithUs(child);
    return new Promise((resolve) => child.once('exit', resolve));
  };
  await start('0');
  start('300');
  start('300');
  process.on('SIGUSR2', () => process.exit(0));
  process.on('SIGTERM', () => { throw new Error('as if'); });
  console.log('two run');`;

/** SIGUSR2: it exits; SIGTERM: it ends by an error. */
for (const signal of ['SIGKILL', 'SIGINT', 'SIGTERM', 'SIGUSR2'] as const) {
  test(`nobody is left after ${signal}`, { timeout: 60_000 }, async () => {
    const parent = spawn(process.execPath, ['--input-type=module', '-e', PARENT, SOURCE], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [said] = (await once(parent.stdout, 'data')) as [Buffer];
    assert.equal(String(said), 'two run\n');
    // Only when everybody who holds its output has ended.
    const closed = once(parent, 'close');
    parent.kill(signal);
    await closed;
  });
}
