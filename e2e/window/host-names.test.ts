/** Names under which the server answers. Everything else is refused before any route. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { exchange, get, post } from './lib/raw.ts';
import { openSession, rpcBody, type Setup, startServer } from './lib/setup.ts';

function wrongHosts({ port }: Setup): readonly string[] {
  return [
    'evil.com',
    `evil.com:${port}`,
    `localhost.evil.com:${port}`,
    `LOCALHOST:${port}`,
    `localhost.:${port}`,
    `LOCALHOST.:${port}`,
    `127.1:${port}`,
    `127.0.0.2:${port}`,
    `0.0.0.0:${port}`,
    `2130706433:${port}`,
    `0x7f000001:${port}`,
    `[::ffff:127.0.0.1]:${port}`,
    `[0:0:0:0:0:0:0:1]:${port}`,
    `::1:${port}`,
    `localhost:${port + 1}`,
    'localhost',
    `localhost:0${port}`,
    `user@localhost:${port}`,
    `localhost:${port}, evil.com`,
    `tacet-0000000000000000.localhost:${port}`,
    `sub.localhost:${port}`,
    '',
  ];
}

describe('window: names', () => {
  it('wrong Host is refused for page, call and event stream alike', async (t) => {
    const setup = await startServer(t);
    const { session } = await openSession(setup);
    for (const host of wrongHosts(setup)) {
      const read = await get(setup.port, { headers: { host } });
      assert.equal(read.status, 403, `GET with ${host}`);
      assert.match(read.body, /"host"/);
      for (const target of ['/rpc', '/events', '/session', '/prove', '/reopen', '/nothing']) {
        const headers = { host, origin: `http://${host}`, 'tacet-session': session };
        const answer = await post(setup.port, { target, headers, body: rpcBody('status') });
        assert.equal(answer.status, 403, `${target} with ${host}`);
      }
    }
    assert.equal(setup.daemon.calls.length, 0);
  });

  it('the four right names are answered, over both families', async (t) => {
    const { server, port } = await startServer(t);
    const own = new URL(server.address).host;
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, own]) {
      for (const address of ['127.0.0.1', '::1'] as const) {
        assert.equal((await get(port, { headers: { host }, address })).status, 200, host);
      }
    }
  });

  it('two Host lines are refused, equal or not, even behind sixty others', async (t) => {
    const { port } = await startServer(t);
    const right = `localhost:${port}`;
    for (const pair of [
      [right, 'evil.com'],
      ['evil.com', right],
      [right, right],
    ]) {
      const answer = await get(port, { headers: { host: pair } });
      assert.ok([0, 400, 403].includes(answer.status), String(answer.status));
    }
    const padding = Array.from({ length: 60 }, (_, i) => `x-${i}: 1\r\n`).join('');
    const text = `GET / HTTP/1.1\r\nHost: ${right}\r\n${padding}Host: evil.com\r\nConnection: close\r\n\r\n`;
    assert.ok([0, 400, 403].includes((await exchange(port, text)).status));
  });

  it('no Host at all is refused', async (t) => {
    const { port } = await startServer(t);
    const text = 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n';
    assert.ok([0, 400, 403].includes((await exchange(port, text)).status));
    assert.ok([0, 400, 403].includes((await exchange(port, 'GET / HTTP/1.0\r\n\r\n')).status));
  });

  it('absolute-form, authority-form and asterisk-form targets are refused', async (t) => {
    const { port } = await startServer(t);
    for (const target of [`http://localhost:${port}/`, 'http://evil.com/', '*', 'app.js']) {
      const answer = await get(port, { target });
      assert.ok([0, 400].includes(answer.status), `${target}: ${answer.status}`);
    }
    const connect = await get(port, { method: 'CONNECT', target: `localhost:${port}` });
    assert.equal(connect.status, 0);
  });

  it('HTTP/1.0 is refused even with the right name', async (t) => {
    const { port } = await startServer(t);
    const text = `GET / HTTP/1.0\r\nHost: localhost:${port}\r\n\r\n`;
    assert.equal((await exchange(port, text)).status, 400);
  });

  it('forwarding headers change nothing', async (t) => {
    const { port } = await startServer(t);
    const forwarded = {
      'x-forwarded-host': `localhost:${port}`,
      'x-forwarded-for': '127.0.0.1',
      forwarded: `host=localhost:${port}`,
    };
    const answer = await get(port, { headers: { host: 'evil.com', ...forwarded } });
    assert.equal(answer.status, 403);
    const right = await get(port, { headers: { 'x-forwarded-host': 'evil.com' } });
    assert.equal(right.status, 200);
    assert.doesNotMatch(right.head, /evil/);
  });
});
