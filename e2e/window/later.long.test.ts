/** The second half of the page: read unasked, and told where it does not come. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { builtAssets, startStage } from './lib/browser.ts';

/** Scripts the shell does not name. */
async function laterOnes(): Promise<string[]> {
  const assets = await builtAssets();
  const shell = Buffer.from(assets.get('/')?.bytes ?? []).toString();
  return [...assets.keys()].filter((path) => /^\/part-/.test(path) && !shell.includes(path));
}

describe('window: what is read later', { timeout: 120_000 }, () => {
  it('comes by itself, without being opened', async (t) => {
    const [part = ''] = await laterOnes();
    const stage = await startStage(t);
    const page = await stage.newPage();
    const read = page.waitForResponse((answer) => new URL(answer.url()).pathname === part);
    await page.goto(stage.server.ticket());
    assert.equal((await read).status(), 200);
  });

  it('is told where it does not come; the page goes on, and asks again', async (t) => {
    const later = await laterOnes();
    assert.equal(later.length, 1);
    const stage = await startStage(t);
    let isBroken = true;
    await stage.context.route(
      (url) => later.includes(url.pathname),
      (route) => (isBroken ? route.abort() : route.continue()),
    );
    stage.daemon.addContact('Bob');
    const page = await stage.enter();
    await page.getByRole('navigation', { name: 'Conversations' }).waitFor();
    await page.getByRole('button', { name: /Show network/ }).click();
    await page.getByText('Reload the page.').waitFor();
    await page.keyboard.press('Alt+ArrowDown');
    await page.getByRole('textbox', { name: 'Message to Bob' }).waitFor();
    isBroken = false;
    await page.getByRole('button', { name: /Show network/ }).click();
    await page.getByRole('dialog', { name: 'Network and privacy' }).waitFor();
    const lost = stage.troubles.splice(0);
    assert.ok(lost.length > 0 && lost.every((line) => /ERR_FAILED/.test(line)), lost.join('\n'));
  });
});
