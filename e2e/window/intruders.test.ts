/** Other pages in the same browser try to get in; and the page's own policy holds. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { launchPage } from '@tacet/host/window';
import type { Page } from 'playwright-core';
import { startStage } from './lib/browser.ts';
import { rpcBody } from './lib/setup.ts';
import { takeOut } from './lib/troubles.ts';

/** A local development server somebody else runs. */
async function startStranger(t: TestContext): Promise<number> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>stranger</title><body>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Every way to ask that a script has; what came back, or null when nothing could be read. */
function tryFetches(page: Page, target: string, body: string): Promise<readonly (string | null)[]> {
  return page.evaluate(
    async ([base, text]) => {
      const attempts: RequestInit[] = [
        { method: 'POST', body: text, headers: { 'content-type': 'application/json' } },
        {
          method: 'POST',
          body: text,
          headers: { 'content-type': 'application/json', 'tacet-window': '1' },
        },
        { method: 'POST', body: text, headers: { 'content-type': 'text/plain' } },
        { method: 'POST', body: text, mode: 'no-cors' },
        { method: 'POST', body: text, credentials: 'include' },
        { method: 'GET' },
        { method: 'GET', mode: 'no-cors' },
      ];
      const answers: (string | null)[] = [];
      for (const path of ['/', '/rpc', '/session', '/events', '/open']) {
        for (const attempt of attempts) {
          const answer = await fetch(`${base}${path}`, attempt).catch(() => null);
          const isRead = answer !== null && answer.type !== 'opaque' && answer.ok;
          answers.push(isRead ? await answer.text() : null);
        }
      }
      return answers;
    },
    [target, body] as const,
  );
}

describe('window: intruders', { timeout: 120_000 }, () => {
  it('DNS rebinding: a foreign name on our port gets nothing, as page or as script', async (t) => {
    const stage = await startStage(t, {
      args: ['--host-resolver-rules=MAP evil.test 127.0.0.1', '--proxy-bypass-list=evil.test'],
      strangers: ['evil.test'],
    });
    await stage.enter();
    const before = stage.daemon.calls.length;
    const page = await stage.context.newPage();
    const shell = await page.goto(`http://evil.test:${stage.server.port}/`);
    assert.equal(shell?.status(), 403);
    assert.equal(await page.evaluate(() => location.host), `evil.test:${stage.server.port}`);
    const answers = await tryFetches(page, '', rpcBody('profile.lock'));
    assert.ok(answers.every((answer) => answer === null));
    assert.equal(stage.daemon.called('profile.lock'), 0);
    assert.ok(stage.server.counters.get('host') > 20);
    assert.ok(stage.daemon.calls.slice(before).every(({ method }) => method !== 'profile.lock'));
  });

  it('a page on another localhost port reads nothing and changes nothing', async (t) => {
    const stage = await startStage(t);
    const port = await startStranger(t);
    await stage.enter();
    const own = stage.server.address;
    for (const origin of [`http://localhost:${port}`, `http://x.localhost:${port}`]) {
      const page = await stage.context.newPage();
      await page.goto(origin);
      for (const target of [own, `http://localhost:${stage.server.port}`]) {
        const answers = await tryFetches(page, target, rpcBody('profile.lock'));
        assert.ok(answers.every((answer) => answer === null));
      }
      const cookies = await page.evaluate(() => document.cookie);
      assert.equal(cookies, '');
    }
    assert.equal(stage.daemon.called('profile.lock'), 0);
    assert.equal(stage.server.sessions().length, 1);
  });

  it('forms, frames, popups, sockets, images and scripts of a stranger fail', async (t) => {
    const stage = await startStage(t);
    const port = await startStranger(t);
    await stage.enter();
    const page = await stage.context.newPage();
    await page.goto(`http://localhost:${port}`);
    const outcome = await page.evaluate(async (base) => {
      const settle = (element: HTMLElement) =>
        new Promise<string>((resolve) => {
          element.onload = () => resolve('loaded');
          element.onerror = () => resolve('failed');
          document.body.append(element);
          setTimeout(() => resolve('silent'), 2_000);
        });
      const make = (tag: string, set: Record<string, string>) =>
        Object.assign(document.createElement(tag), set);
      const script = await settle(make('script', { src: `${base}/rpc` }));
      const shellScript = await settle(make('script', { src: `${base}/` }));
      const image = await settle(make('img', { src: `${base}/` }));
      const style = await settle(make('link', { rel: 'stylesheet', href: `${base}/` }));
      const frame = document.createElement('iframe');
      frame.src = `${base}/`;
      await settle(frame);
      const socket = await new Promise<string>((resolve) => {
        const ws = new WebSocket(`${base.replace('http', 'ws')}/events`);
        ws.onopen = () => resolve('open');
        ws.onerror = () => resolve('failed');
      });
      const source = await new Promise<string>((resolve) => {
        const events = new EventSource(`${base}/events`);
        events.onopen = () => resolve('open');
        events.onerror = () => resolve('failed');
      });
      let framed: string;
      try {
        framed = frame.contentDocument?.body.textContent ?? 'sealed';
      } catch {
        framed = 'sealed';
      }
      return { script, shellScript, image, style, socket, source, framed };
    }, stage.server.address);
    assert.deepEqual(outcome, {
      script: 'failed',
      shellScript: 'failed',
      image: 'failed',
      style: 'failed',
      socket: 'failed',
      source: 'failed',
      framed: 'sealed',
    });
    assert.equal(await page.locator('iframe').contentFrame().locator('#app').count(), 0);

    await page.evaluate((base) => {
      const form = document.createElement('form');
      form.method = 'POST';
      form.enctype = 'text/plain';
      form.action = `${base}/rpc`;
      const field = document.createElement('input');
      field.name = '{"jsonrpc":"2.0","id":1,"method":"profile.lock","params":{},"x":"';
      field.value = '"}';
      form.append(field);
      document.body.append(form);
      form.submit();
    }, stage.server.address);
    await page.waitForURL(/\/rpc$/);
    assert.match((await page.textContent('body')) ?? '', /refused/);
    assert.equal(stage.daemon.called('profile.lock'), 0);
  });

  it('a popup of a stranger holds no handle on the window', async (t) => {
    const stage = await startStage(t);
    const port = await startStranger(t);
    const page = await stage.context.newPage();
    await page.goto(`http://localhost:${port}`);
    const popupOpened = stage.context.waitForEvent('page');
    await page.evaluate(
      (url) => {
        Object.assign(globalThis, { popup: open(url) });
      },
      `${stage.server.address}/open#t=${'A'.repeat(43)}`,
    );
    const popup = await popupOpened;
    await popup.getByRole('heading', { name: 'This window is closed' }).waitFor();
    const seen = await page.evaluate(() => {
      const { popup } = globalThis as unknown as { popup: Window | null };
      return popup === null || popup.closed;
    });
    assert.ok(seen, 'COOP cuts the handle');
    assert.equal(await popup.evaluate(() => window.opener as unknown), null);
  });

  it('the launcher page leads in once, and no ticket is left in address or history', async (t) => {
    const stage = await startStage(t);
    stage.daemon.addContact('Bob');
    const folder = await mkdtemp(join(tmpdir(), 'tacet-launch-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, 'open.html');
    await writeFile(file, launchPage(stage.server.ticket()), { mode: 0o600 });
    const page = await stage.newPage();
    await page.goto(`file://${file}`);
    await page.getByRole('navigation').getByRole('button', { name: /Bob/ }).waitFor();
    assert.equal(page.url(), `${stage.server.address}/`);
    const again = await stage.newPage();
    await again.goto(`file://${file}`);
    await again.getByRole('heading', { name: 'This window is closed' }).waitFor();
    assert.equal(again.url(), `${stage.server.address}/`);
    assert.equal(stage.server.sessions().length, 1);
    assert.equal(takeOut(stage.troubles, /status of 403/), 1);
  });

  it('markup, evaluation, foreign loads and inline code break the policy and are seen', async (t) => {
    const stage = await startStage(t);
    const page = await stage.enter();
    await page.getByRole('button', { name: 'Lock', exact: true }).waitFor();
    const attempts: readonly (readonly [string, () => unknown])[] = [
      [
        'require-trusted-types-for',
        () => {
          document.body.innerHTML = '<b>x</b>';
        },
      ],
      [
        'require-trusted-types-for',
        () => document.body.insertAdjacentHTML('beforeend', '<b>x</b>'),
      ],
      ['require-trusted-types-for', () => new DOMParser().parseFromString('<b>x</b>', 'text/html')],
      ['require-trusted-types-for', () => new Worker('/w.js')],
      [
        'trusted-types',
        () => {
          const { trustedTypes } = globalThis as unknown as {
            trustedTypes: { createPolicy(name: string, rules: object): unknown };
          };
          return trustedTypes.createPolicy('x', {});
        },
      ],
      ['script-src', () => import(String('data:text/javascript,1'))],
      [
        'require-trusted-types-for',
        () => {
          document.createElement('script').text = '1';
        },
      ],
      ['connect-src', () => fetch('http://127.0.0.1:9/')],
      [
        'img-src',
        () => {
          new Image().src = 'data:image/png;base64,AA==';
        },
      ],
      ['style-src', () => document.body.setAttribute('style', 'color: red')],
      ['frame-src', () => document.body.append(document.createElement('iframe'))],
      [
        'form-action',
        () => {
          const form = document.createElement('form');
          document.body.append(form);
          form.submit();
        },
      ],
    ];
    for (const [directive, attempt] of attempts) {
      await page.evaluate(attempt).catch(() => undefined);
      if (directive === 'frame-src') {
        await page.evaluate(() => {
          const frame = document.querySelector('iframe');
          if (frame !== null) frame.src = '/';
        });
      }
      // What the browser itself says of it came before.
      const violation = new RegExp(`violation: ${directive}`);
      const end = performance.now() + 10_000;
      while (takeOut(stage.troubles, violation) === 0) {
        assert.ok(performance.now() < end, `${directive}: ${attempt}: ${stage.troubles}`);
        await page.waitForTimeout(10);
      }
      stage.troubles.length = 0;
    }
    assert.equal(await page.locator('b').count(), 0);
  });
});
