import assert from 'node:assert/strict';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { AppError, isAppError } from '@tacet/base';
import { askCounters, askFor, askStatus } from '../../src/relay/admin/client.ts';
import { serveAdmin } from '../../src/relay/admin/socket.ts';
import type { Leaving, OperatorStatus, Readiness, Running } from '../../src/relay/index.ts';
import { tempDir } from './temp.ts';

let readiness: Readiness = { ready: false, missing: ['a link is down'], authorities: 1 };
let leaving: Leaving | null = null;
const said: string[] = [];
const status = (): OperatorStatus => ({
  role: 'mix',
  layer: 2,
  identity: 'ab'.repeat(32),
  epoch: 7,
  document: null,
  descriptor: ['accepted'],
  links: { up: 1, wanted: 2, sources: 1, targets: 0 },
  leaving,
  linkNotAfter: 1,
  newLinkKey: false,
  admitted: null,
});
const running: Running = {
  role: 'mix',
  operations: {
    status,
    leave: (wanted) => {
      leaving = wanted ? { free: false, freeAt: null } : null;
    },
    reload: () => {
      throw new AppError('allow-list', 'usage', 'the list cannot be read');
    },
  },
  ready: () => readiness,
  counters: () => ({ sent: 3 }),
  stop: async () => undefined,
};
const serve = (path: string) =>
  serveAdmin({
    path,
    running,
    version: '1.2.3',
    upMs: () => 1.5 * 86_400_000,
    onStop: () => said.push('stop'),
  });

async function get(socketPath: string, path: string): Promise<{ status: number; body: unknown }> {
  const asked = request({ socketPath, path }).end();
  const response = await new Promise<import('node:http').IncomingMessage>((resolve) =>
    asked.once('response', resolve),
  );
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode ?? 0, body: JSON.parse(text) };
}

test('alive, ready, counters; for the owner only; a leftover of a killed process is replaced', async () => {
  const path = join(tempDir(), 'admin.sock');
  writeFileSync(path, 'left over');
  const admin = await serve(path);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(await get(path, '/livez'), { status: 200, body: { alive: true } });
  assert.deepEqual(await get(path, '/readyz'), { status: 503, body: readiness });
  readiness = { ready: true, missing: [], authorities: 1 };
  assert.equal((await get(path, '/readyz')).status, 200);
  assert.deepEqual(await askCounters(path), { sent: 3 });
  assert.equal((await get(path, '/')).status, 404);
  // Looking changes nothing: what acts wants POST.
  assert.equal((await get(path, '/leave')).status, 404);
  await admin.close();
  await admin.close();
  assert.equal(existsSync(path), false);
});

test('status, leaving, staying, stopping only when nothing depends on it', async () => {
  const path = join(tempDir(), 'admin.sock');
  const admin = await serve(path);
  const answer = await askStatus(path);
  assert.deepEqual(answer, { version: '1.2.3', upDays: 1, ...readiness, ...status() });
  const needed = (error: unknown) => isAppError(error, 'relay-needed');
  await assert.rejects(askFor(path, 'stop'), needed);
  assert.deepEqual((await askFor(path, 'leave')).leaving, { free: false, freeAt: null });
  await assert.rejects(askFor(path, 'stop'), needed);
  leaving = { free: true, freeAt: 5 };
  await askFor(path, 'stop');
  assert.deepEqual(said, ['stop']);
  assert.equal((await askFor(path, 'stay')).leaving, null);
  await assert.rejects(askFor(path, 'reload'), (error) => isAppError(error, 'allow-list'));
  await admin.close();
  await assert.rejects(askStatus(path), (error) => isAppError(error, 'relay-not-running'));
});

test('a process that has no time to answer is not taken for one that does not run', async () => {
  const path = join(tempDir(), 'admin.sock');
  const deaf = createServer(() => undefined);
  await new Promise<void>((done) => deaf.listen(path, done));
  await assert.rejects(askStatus(path, 20), (error) => isAppError(error, 'relay-silent'));
  deaf.closeAllConnections();
  await new Promise((done) => deaf.close(done));
  await assert.rejects(askStatus(path, 20), (error) => isAppError(error, 'relay-not-running'));
});

test('a path too long for a socket says what to do', async () => {
  const path = join(tempDir(), 'x'.repeat(120));
  await assert.rejects(serve(path), (error) => isAppError(error, 'admin-path'));
});
