/** Cross-origin requests: forms, scripts, preflights, other local servers. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { get, post } from './lib/raw.ts';
import { openSession, rpcBody, startServer } from './lib/setup.ts';

describe('window: origins', () => {
  it('Origin null, missing, of another port, scheme or name is refused', async (t) => {
    const setup = await startServer(t);
    const { port, daemon } = setup;
    const { session } = await openSession(setup);
    const origins = [
      null,
      '',
      'null',
      `http://localhost:${port + 1}`,
      `https://localhost:${port}`,
      `http://127.0.0.1:${port}`,
      `http://sub.localhost:${port}`,
      `http://LOCALHOST:${port}`,
      `http://localhost:${port}/`,
      `http://localhost:${port} http://evil.com`,
      'http://localhost',
      'http://evil.com',
      'file://',
    ];
    for (const origin of origins) {
      for (const target of ['/rpc', '/session', '/events', '/prove', '/reopen', '/leave']) {
        const headers = { origin, 'tacet-session': session };
        const answer = await post(port, { target, headers, body: rpcBody('status') });
        assert.equal(answer.status, 403, `${target} from ${origin}`);
      }
    }
    const twice = [`http://localhost:${port}`, `http://localhost:${port}`];
    const headers = { origin: twice, 'tacet-session': session };
    assert.equal((await post(port, { headers, body: rpcBody('status') })).status, 403);
    assert.equal(daemon.calls.length, 0);
    const right = { 'tacet-session': session };
    assert.equal((await post(port, { headers: right, body: rpcBody('status') })).status, 200);
  });

  it('a GET that names another origin is refused', async (t) => {
    const { port } = await startServer(t);
    for (const origin of ['null', 'http://evil.com', `http://localhost:${port + 1}`]) {
      assert.equal((await get(port, { headers: { origin } })).status, 403, origin);
    }
  });

  it('Sec-Fetch-Site cross-site, same-site and unknown are refused', async (t) => {
    const setup = await startServer(t);
    const { port } = setup;
    const { session } = await openSession(setup);
    for (const site of ['cross-site', 'same-site', 'none', '', 'SAME-ORIGIN', 'x']) {
      const headers = { 'sec-fetch-site': site, 'tacet-session': session };
      assert.equal((await post(port, { headers, body: rpcBody('status') })).status, 403, site);
      const read = { 'sec-fetch-site': site };
      assert.equal((await get(port, { target: '/app.js', headers: read })).status, 403, site);
    }
    const absent = { 'sec-fetch-site': null, 'tacet-session': session };
    assert.equal((await post(port, { headers: absent, body: rpcBody('status') })).status, 200);
  });

  it('the shell opens as a document of its owner, never inside another page', async (t) => {
    const { port } = await startServer(t);
    const read = async (target: string, site: string, mode: string, dest: string) => {
      const headers = { 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': dest };
      return (await get(port, { target, headers })).status;
    };
    assert.equal(await read('/', 'none', 'navigate', 'document'), 200);
    assert.equal(await read('/', 'same-origin', 'navigate', 'document'), 200);
    assert.equal(await read('/', 'cross-site', 'navigate', 'document'), 403);
    assert.equal(await read('/', 'same-site', 'navigate', 'document'), 403);
    assert.equal(await read('/open', 'cross-site', 'navigate', 'document'), 200);
    for (const dest of ['iframe', 'frame', 'object', 'embed', 'image', 'script', 'empty']) {
      assert.equal(await read('/', 'none', 'navigate', dest), 403, dest);
      assert.equal(await read('/open', 'cross-site', 'navigate', dest), 403, dest);
    }
    for (const mode of ['cors', 'no-cors', 'same-origin', 'websocket']) {
      assert.equal(await read('/open', 'cross-site', mode, 'document'), 403, mode);
    }
  });

  it('CORS preflight is refused and nothing ever allows an origin', async (t) => {
    const { port } = await startServer(t);
    for (const target of ['/', '/rpc', '/session', '/events']) {
      const answer = await post(port, {
        method: 'OPTIONS',
        target,
        headers: {
          origin: 'http://evil.com',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type, tacet-window',
          'access-control-request-private-network': 'true',
        },
      });
      assert.ok(answer.status >= 400, `${target}: ${answer.status}`);
      assert.doesNotMatch(answer.head, /access-control/);
    }
    const same = await post(port, { method: 'OPTIONS' });
    assert.equal(same.status, 405);
    assert.doesNotMatch((await get(port, {})).head, /access-control/);
  });

  it('a body a form can send is refused: text/plain, multipart, urlencoded, none', async (t) => {
    const setup = await startServer(t);
    const { session } = await openSession(setup);
    const kinds = [
      'text/plain',
      'text/plain;charset=UTF-8',
      'multipart/form-data; boundary=x',
      'application/x-www-form-urlencoded',
      'application/json; charset=utf-7',
      'application/json, text/plain',
      '',
      null,
    ];
    for (const kind of kinds) {
      const headers = { 'content-type': kind, 'tacet-session': session };
      const answer = await post(setup.port, { headers, body: rpcBody('profile.lock') });
      assert.equal(answer.status, 415, String(kind));
    }
    const encoded = { 'content-encoding': 'gzip', 'tacet-session': session };
    assert.equal((await post(setup.port, { headers: encoded })).status, 415);
    const unmarked = { 'tacet-window': null, 'tacet-session': session };
    assert.equal((await post(setup.port, { headers: unmarked })).status, 403);
    assert.equal(setup.daemon.calls.length, 0);
  });

  it('GET, HEAD and other methods have no effect on any route', async (t) => {
    const setup = await startServer(t);
    const { session } = await openSession(setup);
    const ticket = new URL(setup.server.ticket()).hash.slice(3);
    for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'QUERY']) {
      for (const target of ['/rpc', '/session', '/events', '/leave', '/prove', '/reopen']) {
        const query = `${target}?ticket=${ticket}&method=profile.lock&_method=POST`;
        for (const path of [target, query]) {
          const headers = { 'tacet-session': session, 'x-http-method-override': 'POST' };
          const answer = await get(setup.port, { method, target: path, headers });
          assert.ok([400, 404, 405].includes(answer.status), `${method} ${path} ${answer.status}`);
        }
      }
    }
    assert.equal(setup.daemon.calls.length, 0);
    assert.equal(setup.server.sessions().length, 1);
  });

  it('a script tag cannot read anything: no path answers data to GET', async (t) => {
    const { port } = await startServer(t);
    for (const target of ['/rpc', '/events', '/session', '/status', '/api', '/favicon.ico']) {
      const answer = await get(port, { target });
      assert.ok([404, 405].includes(answer.status), target);
      assert.match(answer.head, /x-content-type-options: nosniff/);
    }
  });

  it('the page served without a session says nothing about its owner', async (t) => {
    const first = await startServer(t);
    const second = await startServer(t);
    second.daemon.status = { ...second.daemon.status, profile: 'Zoltan' };
    second.daemon.state = 'window-locked';
    await openSession(first);
    for (const target of ['/', '/open', '/app.js', '/none']) {
      const answers = await Promise.all([first, second].map(({ port }) => get(port, { target })));
      const [a, b] = answers.map(({ head, body }) => `${head.replace(/date: .*/, '')}${body}`);
      assert.equal(a, b, target);
    }
    assert.equal(first.daemon.calls.length + second.daemon.calls.length, 0);
  });

  it('no path of a request reaches the disk', async (t) => {
    const { port } = await startServer(t);
    for (const target of [
      '/../package.json',
      '/%2e%2e/x',
      '/app.js/',
      '/app.js?x',
      '//',
      '/.',
      '/APP.JS',
      '/app.js%00',
      '/\\',
    ]) {
      assert.ok([0, 400, 404].includes((await get(port, { target })).status), target);
    }
  });

  it('every answer carries the strict headers and no cookie', async (t) => {
    const setup = await startServer(t);
    const { session } = await openSession(setup);
    const headers = { 'tacet-session': session };
    const answers = [
      await get(setup.port, {}),
      await get(setup.port, { target: '/app.js' }),
      await get(setup.port, { target: '/none' }),
      await get(setup.port, { headers: { host: 'evil.com' } }),
      await post(setup.port, { headers, body: rpcBody('status') }),
      await post(setup.port, { body: rpcBody('status') }),
    ];
    for (const { head } of answers) {
      assert.match(head, /content-security-policy: default-src 'none'; /);
      assert.match(head, /require-trusted-types-for 'script'; trusted-types 'none'/);
      assert.match(head, /frame-ancestors 'none'/);
      assert.match(head, /cross-origin-opener-policy: same-origin/);
      assert.match(head, /cross-origin-resource-policy: same-origin/);
      assert.match(head, /cross-origin-embedder-policy: require-corp/);
      assert.match(head, /referrer-policy: no-referrer/);
      assert.match(head, /x-content-type-options: nosniff/);
      assert.match(head, /cache-control: no-store/);
      assert.match(head, /permissions-policy: /);
      assert.doesNotMatch(head, /set-cookie|server:|x-powered-by|access-control/);
    }
  });
});
