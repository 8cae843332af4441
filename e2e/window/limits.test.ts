/** Sizes, times, counts and hostile JSON. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { exchange, get, openSocket, pageHeaders, post } from './lib/raw.ts';
import { openSession, rpcBody, startServer } from './lib/setup.ts';

describe('window: limits', () => {
  it('a huge announced body is refused before it is read', async (t) => {
    const setup = await startServer(t);
    const { session } = await openSession(setup);
    for (const [target, length] of [
      ['/rpc', '262145'],
      ['/rpc', '999999999'],
      ['/session', '4097'],
      ['/events', '4097'],
    ] as const) {
      const headers = { 'content-length': length, 'tacet-session': session };
      assert.equal((await post(setup.port, { target, headers, body: '{}' })).status, 413, length);
    }
    for (const length of ['-1', '1e3', '0x10', '+5', ' ', '99999999999999999999', '10, 10']) {
      const headers = { 'content-length': length, 'tacet-session': session };
      const { status } = await post(setup.port, { headers, body: '{}' });
      assert.ok([0, 400, 411].includes(status), `${length}: ${status}`);
    }
    assert.equal(setup.daemon.calls.length, 0);
  });

  it('a chunked body, and one with both lengths, is refused', async (t) => {
    const setup = await startServer(t);
    const { session } = await openSession(setup);
    const common = { 'transfer-encoding': 'chunked', 'tacet-session': session };
    const body = `2\r\n{}\r\n0\r\n\r\n`;
    const chunked = await post(setup.port, {
      headers: { ...common, 'content-length': null },
      body,
    });
    assert.equal(chunked.status, 411);
    const both = await post(setup.port, { headers: common, body });
    assert.ok([0, 400, 411].includes(both.status));
    assert.equal(setup.daemon.calls.length, 0);
  });

  it('a head that is too large or has too many lines is refused', async (t) => {
    const { port } = await startServer(t);
    const large = await get(port, { headers: { 'x-large': 'a'.repeat(9_000) } });
    assert.equal(large.status, 0);
    const target = await get(port, { target: `/${'a'.repeat(9_000)}` });
    assert.equal(target.status, 0);
    const many = Object.fromEntries(Array.from({ length: 80 }, (_, i) => [`x-${i}`, '1']));
    assert.equal((await get(port, { headers: many })).status, 431);
  });

  it('smuggled second requests never reach a call', async (t) => {
    const setup = await startServer(t);
    const { session } = await openSession(setup);
    const inner = Object.entries({ ...pageHeaders(setup.port), 'tacet-session': session })
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('');
    const body = rpcBody('profile.lock');
    const hidden = `POST /rpc HTTP/1.1\r\n${inner}Content-Length: ${body.length}\r\n\r\n${body}`;
    const outer = `GET / HTTP/1.1\r\nHost: localhost:${setup.port}\r\nContent-Length: ${hidden.length}\r\nConnection: close\r\n\r\n`;
    await exchange(setup.port, outer + hidden);
    assert.equal(setup.daemon.calls.length, 0);
  });

  it('slow heads are cut', { timeout: 20_000 }, async (t) => {
    const { port, server } = await startServer(t);
    const socket = openSocket(port, 'GET / HTTP/1.1\r\nHost: ');
    const started = performance.now();
    socket.resume();
    await once(socket, 'close');
    assert.ok(performance.now() - started < 9_000);
    assert.equal(server.counters.get('broken-request'), 1);
  });

  it('connections are capped, and free again after', async (t) => {
    const { port } = await startServer(t);
    const sockets = Array.from({ length: 64 }, () => openSocket(port, ''));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    assert.equal((await get(port, {})).status, 0);
    for (const socket of sockets) socket.destroy();
    for (let i = 0; i < 50 && (await get(port, {})).status !== 200; i++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.equal((await get(port, {})).status, 200);
  });

  it('upgrades, tunnels and "100 continue" are cut', async (t) => {
    const setup = await startServer(t);
    const { session } = await openSession(setup);
    const upgrade = {
      connection: 'upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    };
    const lines = Object.entries({ host: `localhost:${setup.port}`, ...upgrade });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    for (const target of ['/', '/events', '/rpc']) {
      const answer = await exchange(setup.port, `GET ${target} HTTP/1.1\r\n${head}\r\n`);
      assert.equal(answer.status, 0, target);
    }
    const headers = { expect: '100-continue', 'tacet-session': session };
    assert.equal((await post(setup.port, { headers, body: rpcBody('status') })).status, 0);
    assert.equal(setup.daemon.calls.length, 0);
  });

  it('prototype keys, deep nesting and other hostile JSON change nothing', async (t) => {
    const setup = await startServer(t);
    const { session } = await openSession(setup);
    const call = async (body: string) => {
      const answer = await post(setup.port, { headers: { 'tacet-session': session }, body });
      assert.equal(answer.status, 200);
      return JSON.parse(answer.body).error?.data.code as unknown;
    };
    const request = (params: string, method = '"status"') =>
      `{"jsonrpc":"2.0","id":1,"method":${method},"params":${params}}`;
    for (const key of ['__proto__', 'constructor', 'prototype']) {
      assert.equal(await call(request(`{"${key}":{"polluted":true}}`)), 'request-malformed');
      assert.equal(await call(request('{}', `"${key}"`)), 'method-unknown');
    }
    assert.equal(await call(request('{"\\u005f_proto__":1}')), 'request-malformed');
    assert.equal(await call(request('{}', '"toString"')), 'method-unknown');
    assert.equal(await call(request(`${'['.repeat(100_000)}`)), 'request-malformed');
    const deep = `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    assert.equal(await call(request(deep)), 'request-malformed');
    assert.equal(await call(request(`{"a":[${'0,'.repeat(100_000)}0]}`)), 'request-malformed');
    assert.equal(await call('[]'), 'request-invalid');
    assert.equal(await call(`[${request('{}')}]`), 'request-invalid');
    assert.equal(await call(request('{"unknown":1}')), 'params-invalid');
    assert.equal(await call(request('[]')), 'request-invalid');
    assert.equal(await call('{"jsonrpc":"2.0","method":"profile.lock"}'), 'request-invalid');
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
    assert.equal(setup.daemon.called('profile.lock'), 0);
  });

  it('bytes that are not UTF-8 are refused', async (t) => {
    const setup = await startServer(t);
    const { session } = await openSession(setup);
    const lines = { ...pageHeaders(setup.port), 'tacet-session': session, 'content-length': '2' };
    const head = Object.entries({ ...lines, connection: 'close' })
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('');
    const bytes = Buffer.concat([
      Buffer.from(`POST /rpc HTTP/1.1\r\n${head}\r\n`),
      Buffer.from([0xc3, 0x28]),
    ]);
    assert.equal((await exchange(setup.port, bytes)).status, 400);
  });

  it('methods no window needs do not exist for windows', async (t) => {
    const setup = await startServer(t);
    const { session } = await openSession(setup);
    for (const method of ['daemon.stop', 'window.open', 'no.such']) {
      const body = rpcBody(method);
      const answer = await post(setup.port, { headers: { 'tacet-session': session }, body });
      assert.equal(JSON.parse(answer.body).error.data.code, 'method-unknown', method);
    }
    assert.equal(setup.daemon.calls.length, 0);
  });

  it('calls open at a time are capped', async (t) => {
    const setup = await startServer(t);
    const { session } = await openSession(setup);
    const body = rpcBody('events.read', { cursor: 0, max: 1, waitMs: 3_000 });
    const headers = { 'tacet-session': session };
    const slow = Array.from({ length: 32 }, () => post(setup.port, { headers, body }));
    while (setup.daemon.called('events.read') < 32) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const over = await post(setup.port, { headers, body: rpcBody('status') });
    assert.equal(JSON.parse(over.body).error.data.code, 'too-many-calls');
    setup.daemon.emit('alarm', 'go');
    await Promise.all(slow);
    const after = await post(setup.port, { headers, body: rpcBody('status') });
    assert.equal(JSON.parse(after.body).error, undefined);
  });
});
