import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import { serveAdmin } from '../../src/relay/admin.ts';
import type { Readiness, Running } from '../../src/relay/index.ts';
import { tempDir } from './temp.ts';

let readiness: Readiness = { ready: false, missing: ['a link is down'], authorities: 1 };
const running: Running = {
  role: 'mix',
  ready: () => readiness,
  counters: () => ({ sent: 3 }),
  stop: async () => undefined,
};

async function get(socketPath: string, path: string): Promise<{ status: number; body: unknown }> {
  const asked = request({ socketPath, path }).end();
  const [response] = await once(asked, 'response');
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, body: JSON.parse(text) };
}

test('alive, ready, counters; for the owner only; a leftover of a killed process is replaced', async () => {
  const path = join(tempDir(), 'admin.sock');
  writeFileSync(path, 'left over');
  const admin = await serveAdmin(path, running, '1.2.3');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(await get(path, '/livez'), { status: 200, body: { alive: true } });
  assert.deepEqual(await get(path, '/readyz'), { status: 503, body: readiness });
  readiness = { ready: true, missing: [], authorities: 1 };
  assert.equal((await get(path, '/readyz')).status, 200);
  assert.deepEqual(await get(path, '/counters'), {
    status: 200,
    body: { version: '1.2.3', role: 'mix', counters: { sent: 3 } },
  });
  assert.equal((await get(path, '/')).status, 404);
  await admin.close();
  await admin.close();
  assert.equal(existsSync(path), false);
});

test('a path too long for a socket says what to do', async () => {
  const path = join(tempDir(), 'x'.repeat(120));
  await assert.rejects(serveAdmin(path, running, '1'), (error) => isAppError(error, 'admin-path'));
});
