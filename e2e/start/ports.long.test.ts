/** `npm start` after an end nobody was asked about, and with its ports taken by somebody else. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { noneRunsIn } from '../lib/running.ts';
import { demonstration, says } from './lib/demonstration.ts';

const { home, start, tacet, textsOfAlice, end } = demonstration();
after(end);

test('killed without a chance to clean up, it leaves nothing running', async () => {
  const first = start();
  await says(first, 'alice and bob know each other', 60);
  const sent = await tacet(
    'alice',
    ...['send', 'bob', 'hello', '--wait', 'delivered', '--timeout', '60s'],
  );
  assert.deepEqual(sent, { code: 0, out: 'delivered\n', err: '' });
  first.child.kill('SIGKILL');
  await noneRunsIn(home);
});

test('with a port taken by another program the network moves, and goes on with its people and data', async () => {
  const description = JSON.parse(readFileSync(join(home, '.network', 'network.json'), 'utf8')) as {
    processes: { name: string; ports: number[] }[];
  };
  const intruders = description.processes
    .filter(({ name }) => name === 'mix-2' || name === 'edge-1')
    .flatMap(({ ports }) => ports)
    .map((port) => createServer().listen(port, '127.0.0.1'));
  try {
    const moved = start();
    await says(moved, 'the network moved to others', 30);
    // After a start content waits for the answer of an own box, a minute at most (spec 10, 7).
    await says(moved, 'both know Echo', 90);
    assert.deepEqual(await textsOfAlice(), ['hello']);
    const sent = await tacet(
      'alice',
      ...['send', 'bob', 'moved', '--wait', 'delivered', '--timeout', '60s'],
    );
    assert.deepEqual(sent, { code: 0, out: 'delivered\n', err: '' });
  } finally {
    for (const server of intruders) server.close();
  }
});
