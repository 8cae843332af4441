/** The page in a real browser: it works, within its policy, with loopback only. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import decodeQR from 'qr/decode.js';
import { startStage } from './lib/browser.ts';
import { post } from './lib/raw.ts';
import { takeOut } from './lib/troubles.ts';

const openChat = (page: Page, name: RegExp) =>
  page.getByRole('navigation').getByRole('button', { name }).click();

const write = async (page: Page, text: string) => {
  await page.getByRole('textbox', { name: /^Message to/ }).fill(text);
  await page.keyboard.press('Enter');
};

describe('window: page', { timeout: 120_000 }, () => {
  it('a text goes from queued to delivered before the eyes', async (t) => {
    const stage = await startStage(t);
    stage.daemon.pace = null;
    stage.daemon.addContact('Bob');
    const page = await stage.enter();
    await openChat(page, /Bob/);
    await write(page, 'Hello Bob');
    const row = page.getByRole('listitem', { name: /^You: Hello Bob/ });
    const shows = (word: string) =>
      row.locator('.below').getByText(word, { exact: true }).waitFor();
    await shows('Waiting on this device');
    const [message] = stage.daemon.messages.values();
    assert.ok(message !== undefined && stage.daemon.messages.size === 1);
    stage.daemon.patchMessage(message.id, { state: 'sending', parts: 3, partsSent: 2 });
    await shows('Sending, 2 of 3 parts');
    stage.daemon.patchMessage(message.id, { state: 'stored', partsSent: 3, copies: 1 });
    await shows('In the mailbox');
    stage.daemon.patchMessage(message.id, { copies: 2 });
    await shows('In the mailbox, 2 copies');
    stage.daemon.patchMessage(message.id, { late: true });
    await shows('In the mailbox, 2 copies: slower than usual');
    stage.daemon.patchMessage(message.id, { state: 'delivered', deliveredAt: Date.now() });
    await row
      .locator('.below')
      .getByText(/^Delivered \d\d:\d\d$/)
      .waitFor();
  });

  it('Enter sends, Shift+Enter makes a line, a draft stays with its contact', async (t) => {
    const stage = await startStage(t);
    stage.daemon.addContact('Bob');
    stage.daemon.addContact('Chiara');
    const page = await stage.enter();
    await openChat(page, /Bob/);
    const field = page.getByRole('textbox', { name: 'Message to Bob' });
    await field.pressSequentially('one');
    await page.keyboard.press('Shift+Enter');
    await field.pressSequentially('two');
    assert.equal(stage.daemon.called('message.send'), 0);
    await openChat(page, /Chiara/);
    assert.equal(await page.getByRole('textbox', { name: 'Message to Chiara' }).inputValue(), '');
    await openChat(page, /Bob/);
    assert.equal(await field.inputValue(), 'one\ntwo');
    await field.press('Enter');
    await page.getByRole('listitem', { name: /^You: one\s+two/ }).waitFor();
    assert.equal(await field.inputValue(), '');
    assert.deepEqual(
      [...stage.daemon.messages.values()].map(({ text }) => text),
      ['one\ntwo'],
    );
  });

  it('a meeting that failed says why, and goes from the list when told to, here or elsewhere', async (t) => {
    const stage = await startStage(t);
    const steps = { opened: 1, delivered: null, accepted: null, ready: null };
    const ended = { state: 'ended', reason: 'invitation-used', steps } as const;
    stage.daemon.addContact('Bob', ended);
    const { id } = stage.daemon.addContact('Chiara', ended);
    const page = await stage.enter();
    const rows = page.getByRole('navigation').getByRole('button');
    await openChat(page, /Chiara.*Could not meet/s);
    await page.getByText('Each works once: ask for a new one.').waitFor();
    stage.daemon.contacts.delete(id);
    stage.daemon.emit('contact', id);
    await page.getByText('That contact is not here any more.').waitFor();
    await openChat(page, /Bob/);
    await page.getByRole('button', { name: 'Take off the list' }).click();
    await page.getByText('Quiet so far.').waitFor();
    assert.equal(stage.daemon.contacts.size, 0);
    assert.equal(await rows.count(), 0);
  });

  it('while a network was not reached another card may be given', async (t) => {
    const stage = await startStage(t);
    stage.daemon.status = { ...stage.daemon.status, network: null, link: 'connecting' };
    const page = await stage.enter();
    await page.getByText('Another card or invitation').click();
    await page.getByLabel('Invitation or network card').fill('tacet:network/1/other');
    await page.getByRole('button', { name: 'Join' }).click();
    await page.getByText('Quiet so far.').waitFor();
    assert.equal(stage.daemon.called('network.join'), 1);
  });

  it('what arrives while the connection is broken is there afterwards, once', async (t) => {
    const stage = await startStage(t);
    const bob = stage.daemon.addContact('Bob');
    const page = await stage.enter();
    await openChat(page, /Bob/);
    await page.getByText('No messages with Bob yet').waitFor();
    await stage.context.setOffline(true);
    stage.daemon.receive(bob.id, 'while away 1');
    await write(page, 'written while away');
    await page.getByText('Handing it to Tacet on this computer').waitFor();
    stage.daemon.receive(bob.id, 'while away 2');
    assert.equal(stage.daemon.called('message.send'), 0);
    await stage.context.setOffline(false);
    await page.getByRole('listitem', { name: /^Bob: while away 2/ }).waitFor();
    await page.getByRole('listitem', { name: /^You: written while away.*Delivered/ }).waitFor();
    assert.equal(await page.locator('.message').count(), 3);
    assert.equal([...stage.daemon.messages.values()].length, 3);
    takeOut(stage.troubles, /ERR_INTERNET_DISCONNECTED|ERR_NETWORK/);
  });

  it('an answer that got lost is asked for again and nothing is sent twice', async (t) => {
    const stage = await startStage(t);
    stage.daemon.addContact('Bob');
    const page = await stage.enter();
    await openChat(page, /Bob/);
    let lost = 0;
    await page.route('**/rpc', async (route) => {
      const body = route.request().postData() ?? '';
      if (!body.includes('message.send') || lost >= 2) return route.continue();
      lost += 1;
      const { host } = new URL(stage.server.address);
      const session = route.request().headers()['tacet-session'] ?? '';
      const headers = { host, origin: stage.server.address, 'tacet-session': session };
      assert.equal((await post(stage.server.port, { headers, body })).status, 200);
      return route.abort('connectionreset');
    });
    await write(page, 'only once');
    await page.getByRole('listitem', { name: /^You: only once.*Delivered/ }).waitFor();
    while (stage.daemon.called('message.send') < 3) {
      assert.ok((await page.locator('.message').count()) <= 1);
    }
    assert.equal(lost, 2);
    assert.equal(stage.daemon.messages.size, 1);
    assert.equal(await page.locator('.message').count(), 1);
    takeOut(stage.troubles, /ERR_CONNECTION_RESET/);
  });

  it('words of other people are words: markup, direction, control, length', async (t) => {
    const stage = await startStage(t);
    const nasty = '<img src=x onerror=alert(1)><script>alert(2)</script>';
    const bob = stage.daemon.addContact(`Bob\u202e${nasty}\u0000\n`);
    const page = await stage.enter();
    await openChat(page, /Bob/);
    stage.daemon.receive(bob.id, `${nasty} javascript:alert(3) \u202eevil\u001b[31m`);
    stage.daemon.receive(bob.id, `${'w'.repeat(14_000)}`);
    const row = page.locator('.message').first();
    await row.waitFor();
    assert.equal(
      await row.locator('.text').textContent(),
      `${nasty} javascript:alert(3) \ufffdevil\ufffd[31m`,
    );
    assert.equal(await page.locator('.message img, .message a, .message script').count(), 0);
    const heading = await page.getByRole('heading', { level: 2 }).textContent();
    assert.equal(heading, `Bob${nasty}`);
    await page.getByRole('button', { name: /Show all 14,000/ }).click();
    assert.ok(await fitsSideways(page));
  });

  it('what is copied or dragged out of the page is plain text', async (t) => {
    const stage = await startStage(t);
    const bob = stage.daemon.addContact('Bob');
    stage.daemon.receive(bob.id, '<b onclick=alert(1)>bold</b>');
    const page = await stage.enter();
    await stage.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await openChat(page, /Bob/);
    const text = page.locator('.message .text');
    await text.selectText();
    await text.evaluate(
      (element) => (document.activeElement as HTMLElement | null)?.blur() ?? element,
    );
    await page.keyboard.press('Control+c');
    const copied = await page.evaluate(async () => {
      const items = await navigator.clipboard.read();
      return {
        types: items.flatMap(({ types }) => types),
        text: await navigator.clipboard.readText(),
      };
    });
    assert.deepEqual(copied, { types: ['text/plain'], text: '<b onclick=alert(1)>bold</b>' });
    const dragged = await text.evaluate((element) => {
      const data = new DataTransfer();
      data.setData('text/html', '<b>x</b>');
      const event = new DragEvent('dragstart', { bubbles: true, dataTransfer: data });
      element.dispatchEvent(event);
      return [...data.types];
    });
    assert.deepEqual(dragged, ['text/plain']);
  });

  it('details say where a message is and show every fact; focus returns', async (t) => {
    const stage = await startStage(t);
    stage.daemon.pace = null;
    const bob = stage.daemon.addContact('Bob');
    const message = stage.daemon.put(bob.id, {
      text: 'late one',
      state: 'stored',
      copies: 2,
      late: true,
      sentAt: Date.now() - 240_000,
    });
    stage.daemon.note(message.id, 'saved');
    stage.daemon.note(message.id, 'part-stored', 1);
    const page = await stage.enter();
    await openChat(page, /Bob/);
    await page.getByRole('listitem', { name: /late one.*slower than usual/ }).waitFor();
    const row = page.getByRole('listitem', { name: /late one/ });
    await row.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'What happened to this message' });
    await dialog.getByText("It waits in Bob's mailbox, in 2 copies").waitFor();
    await dialog.getByText(/Usually 4–8 s, now 4 min\. Tacet keeps trying\./).waitFor();
    await dialog.getByText('Saved on this device').waitFor();
    stage.daemon.patchMessage(
      message.id,
      { state: 'delivered', late: false, deliveredAt: Date.now() },
      'receipt',
    );
    await dialog.getByText("It reached Bob's device.").waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert.ok(await row.evaluate((element) => element === document.activeElement));
  });

  it('one can meet, write, look and lock without a mouse', async (t) => {
    const stage = await startStage(t);
    const bob = stage.daemon.addContact('Bob');
    stage.daemon.addContact('Chiara');
    for (const text of ['one', 'two', 'three']) stage.daemon.receive(bob.id, text);
    const page = await stage.enter();
    await page.getByRole('navigation').waitFor();
    await page.keyboard.press('Alt+ArrowDown');
    await page.getByRole('listitem', { name: /^Bob: three/ }).waitFor();
    assert.match(await focused(page), /^TEXTAREA/);
    await page.keyboard.press('Shift+F6');
    assert.match(await focused(page), /^LI Bob: three/);
    await page.keyboard.press('ArrowUp');
    assert.match(await focused(page), /^LI Bob: two/);
    await page.keyboard.press('Home');
    assert.match(await focused(page), /^LI Bob: one/);
    await page.keyboard.press('End');
    assert.match(await focused(page), /^LI Bob: three/);
    assert.equal(await page.locator('.messages [tabindex="0"]').count(), 1);
    await page.keyboard.press('F6');
    await page.keyboard.type('typed');
    await page.keyboard.press('Enter');
    await page.getByRole('listitem', { name: /^You: typed/ }).waitFor();
    await page.keyboard.press('Alt+ArrowDown');
    await page.getByRole('heading', { name: 'Chiara' }).waitFor();
    const arrival = await focusAtArrivalOf(page, 'Locked');
    await page.keyboard.press('Control+Shift+L');
    await page.getByRole('heading', { name: 'Locked' }).waitFor();
    assert.equal(await arrival.evaluate(({ focused }) => focused), 'INPUT');
    takeOut(stage.troubles, /status of 401/);
  });

  it('new messages are read out once, by the log and not by the list', async (t) => {
    const stage = await startStage(t);
    const bob = stage.daemon.addContact('Bob');
    const chiara = stage.daemon.addContact('Chiara');
    stage.daemon.receive(bob.id, 'old');
    const page = await stage.enter();
    await openChat(page, /Bob/);
    const log = page.getByRole('log');
    assert.equal(await log.locator('p').count(), 0);
    stage.daemon.receive(bob.id, 'fresh');
    await log.getByText('Bob: fresh').waitFor();
    stage.daemon.receive(chiara.id, 'secret for later');
    await log.getByText('New message from Chiara').waitFor();
    assert.equal(await log.locator('p').count(), 2);
    assert.equal(await page.getByRole('list', { name: 'Messages with Bob' }).count(), 1);
    assert.equal(await page.locator('.messages[aria-live]').count(), 0);
  });

  it('a late message stands in its place and the reader keeps theirs', async (t) => {
    const stage = await startStage(t);
    const bob = stage.daemon.addContact('Bob');
    for (let i = 0; i < 60; i++) stage.daemon.receive(bob.id, `line ${i}`, {}, true);
    const page = await stage.enter();
    await openChat(page, /Bob/);
    await page.getByRole('listitem', { name: /^Bob: line 59/ }).waitFor();
    const box = page.locator('.thread-scroll');
    const distance = () => box.evaluate((e) => e.scrollHeight - e.scrollTop - e.clientHeight);
    assert.ok((await distance()) < 2);
    await box.evaluate((element) => {
      element.scrollTop -= 600;
    });
    const place = await box.evaluate((element) => element.scrollTop);
    stage.daemon.receive(bob.id, 'at the end');
    await page.getByRole('button', { name: '1 new' }).waitFor();
    assert.equal(await box.evaluate((element) => element.scrollTop), place);
    stage.daemon.insertBefore('line 3', bob.id, 'came late');
    const pill = page.getByRole('button', { name: '1 earlier message arrived' });
    await pill.waitFor();
    const shown = await page.getByText('line 40', { exact: true }).boundingBox();
    assert.ok(shown !== null);
    await pill.click();
    assert.match(await focused(page), /^LI Bob: came late/);
    await page.getByRole('button', { name: '1 new' }).click();
    assert.ok((await distance()) < 2);
  });

  it('reading marks as read, only while somebody looks', async (t) => {
    const stage = await startStage(t);
    const bob = stage.daemon.addContact('Bob');
    stage.daemon.receive(bob.id, 'one');
    const page = await stage.enter();
    await page.getByRole('button', { name: /Bob.*1 unread/ }).waitFor();
    assert.equal(stage.daemon.called('conversation.read'), 0);
    await openChat(page, /Bob/);
    await page.getByText('New', { exact: true }).waitFor();
    while (stage.daemon.called('conversation.read') === 0) await page.waitForTimeout(5);
    await page.getByRole('button', { name: /unread/ }).waitFor({ state: 'detached' });
    assert.ok(stage.daemon.calls.some(({ method }) => method === 'window.heartbeat'));
  });

  it('an invitation: four states, link, code that a camera reads, taken back', async (t) => {
    const stage = await startStage(t);
    stage.daemon.pace = 100;
    const page = await stage.enter();
    await page.getByRole('button', { name: 'Invite or accept', exact: true }).click();
    await page.getByLabel('For whom?').fill('Emil');
    await page.getByRole('button', { name: 'Make a link' }).click();
    await page.getByText('Being put into the network').waitFor();
    const code = page.getByRole('img', { name: 'Code of the invitation for Emil' });
    await code.waitFor();
    const link = await page.getByLabel('Link, works once').inputValue();
    assert.match(link, /^tacet:/);
    assert.equal(readCode(await codeOf(code)), link);
    await page.getByRole('button', { name: 'Take it back' }).click();
    await page.getByText('Taken back.').waitFor();
    assert.equal(await code.count(), 0);
  });

  it('accepting shows the four steps with their times, and refusals as sentences', async (t) => {
    const stage = await startStage(t);
    const page = await stage.enter();
    await page.getByRole('button', { name: 'Invite or accept', exact: true }).click();
    await page.getByLabel('Invitation link').fill('nonsense');
    await page.getByRole('button', { name: 'Accept', exact: true }).click();
    await page.getByText(/That is not a whole invitation/).waitFor();
    await page.getByLabel('Invitation link').fill('tacet:invite/1/abc');
    await page.getByLabel('What you call them').fill('Dana');
    await page.getByRole('button', { name: 'Accept', exact: true }).click();
    const steps = page.getByRole('region', { name: 'Meeting' }).getByRole('listitem');
    await steps.first().waitFor();
    assert.match((await steps.nth(0).textContent()) ?? '', /Link opened\d\d:\d\d/);
    assert.match((await steps.nth(1).textContent()) ?? '', /Request delivered.*under way/);
    const dana = [...stage.daemon.contacts.values()][0];
    assert.ok(dana !== undefined);
    const at = Date.now();
    stage.daemon.patchContact(dana.id, {
      state: 'ready',
      steps: { opened: at, delivered: at, accepted: at, ready: at },
    });
    await page.getByRole('region', { name: 'Meeting' }).waitFor({ state: 'detached' });
  });

  it('level, data and connection are shown; a level changes by a deliberate act', async (t) => {
    const stage = await startStage(t);
    const page = await stage.enter();
    await page.getByText('demonstration: no crowd').first().waitFor();
    await page.getByRole('button', { name: /^Ready/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Network and privacy' });
    await dialog.getByText('145 MB').waitFor();
    await dialog.getByRole('radio', { name: /Strong/ }).click();
    assert.equal(stage.daemon.called('level.set'), 0);
    await dialog.getByRole('button', { name: 'Change to Strong' }).click();
    await dialog.locator('.level', { hasText: 'Strong' }).getByText('now').waitFor();
    assert.equal(stage.daemon.status.level, 'strong');
    for (const [link, word] of [
      ['offline', 'Offline'],
      ['connecting', 'Connecting'],
      ['limited', 'Limited'],
    ] as const) {
      stage.daemon.patchStatus({ link });
      await dialog.getByText(word, { exact: true }).waitFor();
    }
  });

  it('fits 320 px on every screen', async (t) => {
    const stage = await startStage(t, { width: 320, height: 600 });
    const bob = stage.daemon.addContact('Bob with a name that is rather long for so few pixels');
    stage.daemon.receive(bob.id, `https://example.org/${'long'.repeat(40)}`);
    const page = await stage.enter();
    await page.getByRole('navigation').waitFor();
    assert.ok(await fitsSideways(page), 'list');
    await openChat(page, /Bob/);
    await page.locator('.message').waitFor();
    assert.ok(await fitsSideways(page), 'conversation');
    assert.match(await focused(page), /^H2/);
    await page.getByRole('button', { name: /About/ }).click();
    await page.getByRole('dialog').waitFor();
    assert.ok(await fitsSideways(page), 'about');
    await page.keyboard.press('Escape');
    await page.goBack();
    await page.getByRole('navigation').waitFor();
    await page.getByRole('button', { name: /^Ready/ }).click();
    await page.getByRole('dialog').waitFor();
    assert.ok(await fitsSideways(page), 'network');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Invite or accept/ }).click();
    await page.getByRole('heading', { name: 'Invitations' }).waitFor();
    assert.ok(await fitsSideways(page), 'invitations');
  });
});

/** Which element has the focus in the very turn in which a heading of these words comes. */
function focusAtArrivalOf(page: Page, words: string) {
  return page.evaluateHandle((words) => {
    const focused = new Promise<string | undefined>((resolve) => {
      new MutationObserver((_, observer) => {
        const headings = [...document.querySelectorAll('h1, h2')];
        if (!headings.some(({ textContent }) => textContent === words)) return;
        observer.disconnect();
        resolve(document.activeElement?.tagName);
      }).observe(document.body, { childList: true, subtree: true });
    });
    return { focused };
  }, words);
}

function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    return `${element?.tagName} ${element?.getAttribute('aria-label') ?? ''}`;
  });
}

function fitsSideways(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const boxes = [document.documentElement, ...document.querySelectorAll('*')];
    return boxes.every((box) => {
      const style = getComputedStyle(box);
      const scrolls = style.overflowX === 'auto' || style.overflowX === 'scroll';
      return !(scrolls || box === document.documentElement) || box.scrollWidth <= box.clientWidth;
    });
  });
}

interface Code {
  readonly size: number;
  readonly path: string;
}

function codeOf(locator: ReturnType<Page['getByRole']>): Promise<Code> {
  return locator.evaluate((element) => ({
    size: Number(element.getAttribute('viewBox')?.split(' ')[2]),
    path: element.querySelector('path')?.getAttribute('d') ?? '',
  }));
}

/** Paints the drawn path four pixels a module and reads it as a camera would. */
function readCode({ size, path }: Code): string {
  const scale = 4;
  const width = size * scale;
  const data = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1/g)) {
    for (let dy = 0; dy < scale; dy++) {
      for (let dx = 0; dx < Number(length) * scale; dx++) {
        const at = ((Number(y) * scale + dy) * width + Number(x) * scale + dx) * 4;
        data.fill(0, at, at + 3);
      }
    }
  }
  return decodeQR({ width, height: width, data });
}
