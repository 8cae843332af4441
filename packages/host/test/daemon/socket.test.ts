import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { AppError, isAppError } from '@tacet/base';
import {
  type DaemonCore,
  lockDirectory,
  makeLog,
  ownDirectory,
  startSocketServer,
} from '../../src/daemon/index.ts';
import { temporaryDirectory, until } from './fakes.ts';

const places: ReturnType<typeof temporaryDirectory>[] = [];
after(() => {
  for (const place of places) place.remove();
});

function place(): string {
  const made = temporaryDirectory();
  places.push(made);
  return made.dir;
}

class Core implements DaemonCore {
  readonly calls: { method: string; signal: AbortSignal | undefined; token?: string }[] = [];
  /** Ends the token `7`. */
  revoke = (): void => {};
  onTokenEnd = (id: string, listener: () => void) => {
    assert.equal(id, '7');
    this.revoke = listener;
    return () => {
      this.revoke = () => {};
    };
  };

  readonly held: PromiseWithResolvers<unknown>[] = [];
  readonly events = { subscribe: () => () => {} };
  call: DaemonCore['call'] = (method, params, caller) => {
    const { token, signal } = caller;
    this.calls.push({ method, signal, ...(token === undefined ? {} : { token: token.id }) });
    if (method === 'auth') {
      const { token: secret } = params as { token: string };
      if (secret === 'good') return Promise.resolve({ id: '7', contacts: null });
      return Promise.reject(new AppError('token-invalid', 'refused', 'no such token'));
    }
    if (method !== 'hold') return Promise.resolve({ method });
    const held = Promise.withResolvers<unknown>();
    this.held.push(held);
    return held.promise;
  };
  onLock = () => () => {};
}

async function dial(
  path: string,
): Promise<{ socket: Socket; lines: string[]; ended: () => boolean }> {
  const socket = connect(path);
  const lines: string[] = [];
  let text = '';
  let ended = false;
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
    const parts = text.split('\n');
    text = parts.pop() ?? '';
    lines.push(...parts);
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    ended = true;
  });
  await new Promise((resolve) => socket.once('connect', resolve));
  return { socket, lines, ended: () => ended };
}

const request = (id: number, method: string) =>
  `${JSON.stringify({ jsonrpc: '2.0', id, method })}\n`;

test('the socket is for its owner only', async () => {
  const dir = place();
  const server = await startSocketServer(dir, new Core());
  const socket = join(dir, 'daemon.sock');
  assert.equal(statSync(socket).mode & 0o777, 0o600);
  const mask = process.umask();
  assert.notEqual(mask, 0o177, 'the mask is as before');
  await server.close();
  assert.equal(existsSync(socket), false);
});

/** Only root can become somebody else, and only where another user may run our node. */
const NOBODY = 65_534;
const canBeNobody =
  process.getuid?.() === 0 &&
  spawnSync(process.execPath, ['--version'], { uid: NOBODY, gid: NOBODY }).status === 0;

test('another local user cannot connect, also where the folder lies open', {
  skip: canBeNobody ? false : 'becoming another user takes root',
}, async () => {
  const dir = place();
  const server = await startSocketServer(dir, new Core());
  const socket = join(dir, 'daemon.sock');
  const dialAs = (user: number): Promise<string> => {
    const script = `require('node:net').connect(${JSON.stringify(socket)})
        .on('connect', () => { console.log('connected'); process.exit(); })
        .on('error', ({ code }) => console.log(code))`;
    const options = { uid: user, gid: user, cwd: '/', timeout: 20_000 };
    return new Promise((done) => {
      execFile(process.execPath, ['-e', script], options, (_, out) => done(out.trim()));
    });
  };
  assert.equal(await dialAs(0), 'connected');
  assert.equal(await dialAs(NOBODY), 'EACCES');
  chmodSync(dir, 0o755);
  assert.equal(await dialAs(NOBODY), 'EACCES', 'the socket has a mode of its own');
  chmodSync(socket, 0o666);
  assert.equal(await dialAs(NOBODY), 'connected', 'they could, if modes let them');
  await server.close();
});

test('calls are answered by id, in any order, several in one write', async () => {
  const dir = place();
  const core = new Core();
  const server = await startSocketServer(dir, core);
  const { socket, lines } = await dial(join(dir, 'daemon.sock'));
  socket.write(request(1, 'hold') + request(2, 'a'));
  await until(() => lines.length === 1);
  assert.equal(JSON.parse(lines[0] ?? '').id, 2);
  core.held[0]?.resolve({});
  await until(() => lines.length === 2);
  assert.equal(JSON.parse(lines[1] ?? '').id, 1);
  await server.close();
});

test('a broken call is answered and the connection lives; a broken stream ends', async () => {
  const dir = place();
  const server = await startSocketServer(dir, new Core());
  const { socket, lines, ended } = await dial(join(dir, 'daemon.sock'));
  socket.write('nonsense\n{"jsonrpc":"2.0","id":5}\n');
  await until(() => lines.length === 2);
  assert.equal(JSON.parse(lines[0] ?? '').error.data.code, 'request-malformed');
  assert.equal(JSON.parse(lines[1] ?? '').id, 5);
  socket.write(request(6, 'a'));
  await until(() => lines.length === 3);
  socket.write(Buffer.alloc(1_048_577, 0x20));
  await until(ended);
  assert.equal(JSON.parse(lines[3] ?? '').error.data.code, 'request-malformed');
  await server.close();
});

test('the thirty-third open call is refused, the others go on', async () => {
  const dir = place();
  const core = new Core();
  const server = await startSocketServer(dir, core);
  const { socket, lines } = await dial(join(dir, 'daemon.sock'));
  for (let i = 0; i < 33; i++) socket.write(request(i, 'hold'));
  await until(() => lines.length === 1);
  assert.equal(JSON.parse(lines[0] ?? '').error.data.code, 'too-many-calls');
  for (const held of core.held) held.resolve({});
  await until(() => lines.length === 33);
  await server.close();
});

test('a caller that goes away is known to its calls', async () => {
  const dir = place();
  const core = new Core();
  const server = await startSocketServer(dir, core);
  const { socket } = await dial(join(dir, 'daemon.sock'));
  socket.write(request(1, 'hold'));
  await until(() => core.calls.length === 1);
  assert.equal(core.calls[0]?.signal?.aborted, false);
  socket.destroy();
  await until(() => core.calls[0]?.signal?.aborted === true);
  core.held[0]?.resolve({});
  await server.close();
});

test('a caller that half-closes still gets its answers', async () => {
  const dir = place();
  const core = new Core();
  const server = await startSocketServer(dir, core);
  const { socket, lines, ended } = await dial(join(dir, 'daemon.sock'));
  socket.end(request(1, 'hold'));
  await until(() => core.held.length === 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  core.held[0]?.resolve({});
  await until(ended);
  assert.equal(lines.length, 1);
  await server.close();
});

test('a stale socket is no obstacle, a living daemon is', async () => {
  const dir = place();
  writeFileSync(join(dir, 'daemon.sock'), '');
  const lock = lockDirectory(dir);
  const server = await startSocketServer(dir, new Core());
  assert.throws(
    () => lockDirectory(dir),
    (error) => isAppError(error, 'daemon-running'),
  );
  await server.close();
  lock.release();
  lockDirectory(dir).release();
});

test('a path too long to bind is told in the directory', async () => {
  const dir = join(place(), 'x'.repeat(120));
  ownDirectory(dir);
  const server = await startSocketServer(dir, new Core());
  const told = readFileSync(join(dir, 'daemon.sock.path'), 'utf8');
  const { socket, lines } = await dial(told);
  socket.write(request(1, 'a'));
  await until(() => lines.length === 1);
  await server.close();
  assert.equal(existsSync(told), false);
  assert.equal(existsSync(join(dir, 'daemon.sock.path')), false);
});

test('the directory is made private, a file in its place is refused', () => {
  const dir = join(place(), 'profile');
  mkdirSync(dir, { mode: 0o755 });
  ownDirectory(dir);
  assert.equal(statSync(dir).mode & 0o777, 0o700);
  const file = join(place(), 'file');
  writeFileSync(file, '');
  assert.throws(
    () => ownDirectory(file),
    (error) => isAppError(error, 'profile-directory'),
  );
});

test('the log names codes and places of our own, never the text of an error', () => {
  const lines: string[] = [];
  const log = makeLog({ now: () => 0 }, (line) => void lines.push(line));
  log.warn('link-failed');
  log.error('internal', new Error('secret of alice at 10.0.0.1'));
  assert.equal(lines[0], '1970-01-01T00:00:00.000Z warn link-failed\n');
  assert.match(
    lines[1] ?? '',
    / error internal packages\/host\/test\/daemon\/socket\.test\.ts:\d+/,
  );
  assert.doesNotMatch(lines.join(''), /alice|10\.0/);
  for (let i = 0; i < 2_000; i++) log.warn('link-failed');
  assert.equal(lines.length, 1_000);
});

const auth = (id: number, token: string) =>
  `${JSON.stringify({ jsonrpc: '2.0', id, method: 'auth', params: { token } })}\n`;
const codeOf = (line: string | undefined): unknown => JSON.parse(line ?? '{}').error?.data.code;

test('a connection that begins with a token has its rights, also for what came in one write', async () => {
  const dir = place();
  const core = new Core();
  const server = await startSocketServer(dir, core);
  const { socket, lines } = await dial(join(dir, 'daemon.sock'));
  socket.write(auth(1, 'good') + request(2, 'a') + request(3, 'b'));
  await until(() => lines.length === 3);
  assert.deepEqual(
    core.calls.map(({ method, token }) => [method, token]),
    [
      ['auth', undefined],
      ['a', '7'],
      ['b', '7'],
    ],
  );
  socket.write(auth(4, 'good'));
  await until(() => lines.length === 4);
  assert.equal(codeOf(lines[3]), 'request-invalid');
  await server.close();
});

test('behind a token that is none nothing is done, least of all as the owner', async () => {
  const dir = place();
  const core = new Core();
  const server = await startSocketServer(dir, core);
  const { socket, lines, ended } = await dial(join(dir, 'daemon.sock'));
  socket.write(auth(1, 'bad') + request(2, 'a') + request(3, 'b'));
  await until(ended);
  assert.deepEqual(lines.map(codeOf), ['token-invalid']);
  assert.deepEqual(
    core.calls.map(({ method }) => method),
    ['auth'],
  );
  await server.close();
});

test('the owner does not become a bot in the middle', async () => {
  const dir = place();
  const core = new Core();
  const server = await startSocketServer(dir, core);
  const { socket, lines } = await dial(join(dir, 'daemon.sock'));
  socket.write(request(1, 'a') + auth(2, 'good') + request(3, 'b'));
  await until(() => lines.length === 3);
  assert.deepEqual(
    core.calls.map(({ method, token }) => [method, token]),
    [
      ['a', undefined],
      ['b', undefined],
    ],
  );
  await server.close();
});

test('a token that is revoked ends open calls and the connection', async () => {
  const dir = place();
  const core = new Core();
  const server = await startSocketServer(dir, core);
  const { socket, lines, ended } = await dial(join(dir, 'daemon.sock'));
  socket.write(auth(1, 'good') + request(2, 'hold'));
  await until(() => core.held.length === 1);
  core.revoke();
  core.held[0]?.resolve({ secret: true });
  await until(ended);
  assert.deepEqual(lines.map(codeOf), [undefined, 'token-invalid']);
  assert.equal(core.calls.at(-1)?.signal?.aborted, true);
  await server.close();
});
