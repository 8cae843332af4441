/** What a lock leaves behind in the browser: nothing. And the way back. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { startStage } from './lib/browser.ts';
import { PASSPHRASE } from './lib/fake-daemon.ts';
import { takeOut } from './lib/troubles.ts';

const SECRET_WORDS = ['Bob', 'the plan', 'half a draft', 'Alice'];

async function fill(stage: Awaited<ReturnType<typeof startStage>>): Promise<Page> {
  const page = await stage.enter();
  await page.getByRole('navigation').getByRole('button', { name: /Bob/ }).click();
  await page.getByRole('listitem', { name: /^Bob: the plan/ }).waitFor();
  await page.getByRole('textbox', { name: 'Message to Bob' }).fill('half a draft');
  return page;
}

/** Everything the page holds that could be read off it. */
function traces(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const fields = [...document.querySelectorAll('input, textarea')];
    const values = fields.map((field) => ('value' in field ? String(field.value) : ''));
    const stores = [
      JSON.stringify({ ...localStorage }),
      document.cookie,
      JSON.stringify(await indexedDB.databases()),
      JSON.stringify(await caches.keys()),
      JSON.stringify(history.state),
    ];
    return [document.documentElement.outerHTML, document.title, ...values, ...stores].join('\n');
  });
}

async function assertBare(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Locked' }).waitFor();
  const text = await traces(page);
  for (const word of SECRET_WORDS) assert.ok(!text.includes(word), `${word} is left`);
}

describe('window: lock', { timeout: 120_000 }, () => {
  it('clears this tab and every other one, also one that is behind', async (t) => {
    const stage = await startStage(t);
    const bob = stage.daemon.addContact('Bob');
    stage.daemon.receive(bob.id, 'the plan');
    const first = await fill(stage);
    const second = await fill(stage);
    await first.getByRole('button', { name: 'About Bob' }).click();
    await second.bringToFront();
    await second.getByRole('button', { name: 'Lock', exact: true }).click();
    await assertBare(second);
    await assertBare(first);
    assert.equal(stage.server.sessions().length, 0);
    takeOut(stage.troubles, /status of 401/);
  });

  it('a lock from outside clears the window too, and Back brings nothing back', async (t) => {
    const stage = await startStage(t);
    const bob = stage.daemon.addContact('Bob');
    stage.daemon.receive(bob.id, 'the plan');
    const page = await fill(stage);
    stage.daemon.lock();
    await assertBare(page);
    await page.goBack();
    await page.goForward();
    await assertBare(page);
    await page.goto('about:blank');
    await page.goBack();
    await assertBare(page);
    takeOut(stage.troubles, /status of 401/);
  });

  it('a page put away before the lock shows nothing when it is taken out again', async (t) => {
    const stage = await startStage(t);
    const bob = stage.daemon.addContact('Bob');
    stage.daemon.receive(bob.id, 'the plan');
    const page = await fill(stage);
    await page.goto('about:blank');
    stage.daemon.lock();
    await page.goBack();
    await assertBare(page);
    takeOut(stage.troubles, /status of 401/);
  });

  it('the passphrase brings it back; a wrong one says so and changes nothing', async (t) => {
    const stage = await startStage(t);
    const bob = stage.daemon.addContact('Bob');
    stage.daemon.receive(bob.id, 'the plan');
    const page = await fill(stage);
    await page.getByRole('button', { name: 'Lock', exact: true }).click();
    const field = page.getByLabel('Passphrase', { exact: true });
    await field.fill('wrong');
    await field.press('Enter');
    await page.getByRole('alert').getByText('That passphrase is not right').waitFor();
    assert.equal(stage.daemon.state, 'window-locked');
    await page.waitForTimeout(1_100);
    await field.fill(PASSPHRASE);
    await field.press('Enter');
    await page.getByRole('navigation').getByRole('button', { name: /Bob/ }).click();
    await page.getByRole('listitem', { name: /^Bob: the plan/ }).waitFor();
    const composer = page.getByRole('textbox', { name: 'Message to Bob' });
    assert.equal(
      await composer.inputValue(),
      'half a draft',
      'kept by the daemon, not by the page',
    );
    stage.daemon.receive(bob.id, 'live again');
    await page.getByRole('listitem', { name: /^Bob: live again/ }).waitFor();
    takeOut(stage.troubles, /status of 401/);
  });

  it('locks fully from its sheet, which says what that costs and when windows lock by themselves', async (t) => {
    const stage = await startStage(t);
    const bob = stage.daemon.addContact('Bob');
    stage.daemon.receive(bob.id, 'the plan');
    const page = await fill(stage);
    await page.getByRole('button', { name: /your address, backups and locks/ }).click();
    const dialog = page.getByRole('dialog');
    const choice = dialog.getByLabel('Lock when nobody touched anything');
    assert.equal(await choice.inputValue(), '0');
    await choice.selectOption('after 15 minutes');
    await page.waitForFunction(() => document.querySelector('select')?.value === '15');
    assert.equal(stage.daemon.idle, 15);
    await dialog.getByText('mail waits in the network until you unlock').waitFor();
    await dialog.getByRole('button', { name: 'Lock fully' }).click();
    await assertBare(page);
    assert.equal(stage.daemon.state, 'full-locked');
    await page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await page.keyboard.press('Enter');
    await page.getByRole('navigation').getByRole('button', { name: /Bob/ }).waitFor();
    takeOut(stage.troubles, /status of 401/);
  });

  it('says that it is touched, and stays silent about it when it is not', async (t) => {
    const stage = await startStage(t);
    stage.daemon.addContact('Bob');
    const page = await stage.enter();
    await page.getByRole('navigation').waitFor();
    const beats = () => stage.daemon.calls.filter(({ method }) => method === 'window.heartbeat');
    const touched = () => beats().map(({ params }) => 'touched' in (params as object));
    await page.keyboard.press('Shift');
    const had = beats().length;
    // Looking away and back sends one at once.
    const away = (state: string) =>
      page.evaluate((to) => {
        Object.defineProperty(document, 'visibilityState', { value: to, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, state);
    await away('visible');
    await away('visible');
    while (beats().length < had + 2) await page.waitForTimeout(20);
    assert.deepEqual(touched().slice(had, had + 2), [true, false]);
  });

  it('no passphrase goes to a program that took the port of an ended daemon', async (t) => {
    const stage = await startStage(t);
    const bob = stage.daemon.addContact('Bob');
    stage.daemon.receive(bob.id, 'the plan');
    const page = await fill(stage);
    stage.daemon.lock();
    await assertBare(page);
    await stage.server.close();
    const heard: string[] = [];
    const squatter = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        heard.push(`${request.url} ${JSON.stringify(request.headers)} ${Buffer.concat(chunks)}`);
        response.end(JSON.stringify({ proof: 'A'.repeat(43), session: 's', reopen: 'r' }));
      });
    });
    await new Promise<void>((resolve) => squatter.listen(stage.server.port, '127.0.0.1', resolve));
    t.after(() => {
      squatter.closeAllConnections();
      squatter.close();
    });
    await page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await page.keyboard.press('Enter');
    await page.getByText(/no longer belongs to your Tacet/).waitFor();
    assert.equal(heard.length, 1);
    assert.match(heard[0] ?? '', /^\/prove /);
    assert.ok(!heard.join().includes(PASSPHRASE));
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
    takeOut(stage.troubles, /status of 401|ERR_/);
  });

  it('a ticket opens no locked profile: it leads to the passphrase', async (t) => {
    const stage = await startStage(t);
    const bob = stage.daemon.addContact('Bob');
    stage.daemon.receive(bob.id, 'the plan');
    stage.daemon.state = 'window-locked';
    const page = await stage.enter();
    await assertBare(page);
    await page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await page.keyboard.press('Enter');
    await page.getByRole('navigation').getByRole('button', { name: /Bob/ }).waitFor();
  });

  it('keeps nothing on the disk: secrets in the tab only, no cookie, no store, no history', async (t) => {
    const stage = await startStage(t);
    const bob = stage.daemon.addContact('Bob');
    stage.daemon.receive(bob.id, 'the plan');
    const page = await fill(stage);
    const kept = await page.evaluate(async () => ({
      session: { ...sessionStorage },
      local: { ...localStorage },
      cookie: document.cookie,
      databases: await indexedDB.databases(),
      caches: await caches.keys(),
      workers: (await navigator.serviceWorker.getRegistrations()).length,
      title: document.title,
      address: location.href,
      state: history.state as unknown,
    }));
    assert.deepEqual(Object.keys(kept.session), ['tacet']);
    assert.deepEqual(Object.keys(JSON.parse(kept.session['tacet'] ?? '')), [
      'id',
      'session',
      'reopen',
      'proof',
    ]);
    assert.deepEqual(kept.local, {});
    assert.equal(kept.cookie, '');
    assert.deepEqual(kept.databases, []);
    assert.deepEqual(kept.caches, []);
    assert.equal(kept.workers, 0);
    assert.equal(kept.title, 'Tacet');
    assert.equal(kept.address, `${stage.server.address}/`);
    assert.deepEqual(kept.state, { depth: 1 });
    assert.deepEqual(await stage.context.cookies(), []);
    await page.reload();
    await page.getByRole('navigation').getByRole('button', { name: /Bob/ }).waitFor();
    const stranger = await stage.newPage();
    await stranger.goto(stage.server.address);
    await stranger.getByRole('heading', { name: 'This window is closed' }).waitFor();
  });
});
