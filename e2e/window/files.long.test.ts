/** Files and pictures in the window: chosen, pasted, dropped, sent, fetched, looked at, saved. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { AppError } from '@tacet/base';
import type { Page } from 'playwright-core';
import { type Stage, startStage } from './lib/browser.ts';
import { plainFile, WEBP } from './lib/fake-files.ts';
import { takeOut } from './lib/troubles.ts';

const PNG = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(200_000, 7)]);
const row = (page: Page, start: string) =>
  page.getByRole('listitem', { name: new RegExp(`^${start}`) });
const field = (page: Page) => page.getByRole('textbox', { name: /^Message to/ });

async function open(stage: Stage): Promise<{ page: Page; id: string }> {
  const { id } = stage.daemon.addContact('Bob');
  const page = await stage.enter();
  await page.getByRole('navigation').getByRole('button', { name: /Bob/ }).click();
  await field(page).waitFor();
  return { page, id };
}

const choose = (page: Page, ...files: { name: string; mimeType: string; buffer: Buffer }[]) =>
  page.locator('input[type="file"]').setInputFiles(files);

/** As a person would from another program. */
const hand = (page: Page, kind: 'paste' | 'drop', name: string, type: string, bytes: Buffer) =>
  page.evaluate(
    ([kind, name, type, text]) => {
      const data = new DataTransfer();
      const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
      data.items.add(new File([bytes], name, { type }));
      const target = document.querySelector('.composer textarea');
      const init = { bubbles: true, cancelable: true } as const;
      target?.dispatchEvent(
        kind === 'paste'
          ? new ClipboardEvent('paste', { ...init, clipboardData: data })
          : new DragEvent('drop', { ...init, dataTransfer: data }),
      );
    },
    [kind, name, type, bytes.toString('base64')] as const,
  );

describe('window: files', { timeout: 120_000 }, () => {
  it('a chosen file is brought in in pieces and sent with the words beside it', async (t) => {
    const stage = await startStage(t);
    const { page } = await open(stage);
    const buffer = Buffer.from(Array.from({ length: 200_000 }, (_, n) => n & 255));
    await choose(page, { name: 'plan.pdf', mimeType: 'application/pdf', buffer });
    await page.getByText('200 kB, some 40–80 s under way').waitFor();
    assert.equal(stage.daemon.called('file.put'), 4);
    await field(page).fill('The plan');
    await field(page).press('Enter');
    await row(page, 'You: File plan.pdf, 200 kB, .*: The plan').waitFor();
    assert.equal(await field(page).inputValue(), '');
    const [sent] = stage.daemon.messages.values();
    assert.equal(sent?.file?.mediaType, 'application/pdf');
    assert.deepEqual(Buffer.from(stage.daemon.files.bytes.get(sent.id) ?? []), buffer);
    assert.equal(await page.locator('.attachment').count(), 0);
  });

  it('a pasted picture is made anew, shown, and looked at', async (t) => {
    const stage = await startStage(t);
    const { page } = await open(stage);
    await hand(page, 'paste', 'IMG_2026.png', 'image/png', PNG);
    await page.getByText('made anew').waitFor();
    await page.getByRole('button', { name: 'Send' }).click();
    await row(page, 'You: Picture').waitFor();
    const [sent] = stage.daemon.messages.values();
    assert.equal(sent?.file?.name, 'picture.webp', 'cameras write the time into names');
    await page.getByRole('button', { name: 'Look at the picture' }).click();
    const large = page.getByRole('dialog').locator('img');
    await large.waitFor();
    assert.equal(
      await large.evaluate(async (one) => {
        await (one as HTMLImageElement).decode();
        return (one as HTMLImageElement).naturalWidth;
      }),
      1,
    );
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('what is dropped goes with the message; what is left out does not; troubles say why', async (t) => {
    const stage = await startStage(t);
    const { page } = await open(stage);
    await hand(page, 'drop', 'a.txt', 'text/plain', Buffer.from('one'));
    await hand(page, 'drop', 'b.txt', 'text/plain', Buffer.from('two'));
    await hand(page, 'drop', 'empty.txt', 'text/plain', Buffer.alloc(0));
    await page.getByText('That file is empty.').waitFor();
    const send = page.getByRole('button', { name: 'Send' });
    assert.equal(await send.isDisabled(), true, 'while one of them cannot be sent');
    await page.getByRole('button', { name: 'Leave out empty.txt' }).click();
    await page.getByRole('button', { name: 'Leave out b.txt' }).click();
    assert.equal(await page.locator('.attachment').count(), 1);
    stage.daemon.failures.set('file.send', new AppError('file-too-slow', 'refused', 'too slow'));
    await send.click();
    await page.getByText('it would not arrive in time').waitFor();
    stage.daemon.failures.clear();
    await send.click();
    await row(page, 'You: File a.txt').waitFor();
    assert.equal(stage.daemon.messages.size, 1);
    const broken = Buffer.from('\x89PNG\r\n\x1a\nshort', 'latin1');
    await hand(page, 'paste', 'x.png', 'image/png', broken);
    await page.locator('.attachment .bad').waitFor();
  });

  it('an offered file is fetched or not; one that is here is saved, byte for byte', async (t) => {
    const stage = await startStage(t);
    const { page, id } = await open(stage);
    const bytes = Buffer.from(Array.from({ length: 150_000 }, (_, n) => (n * 7) & 255));
    const file = plainFile('notes.bin', bytes.length, { state: 'offered' });
    const offered = stage.daemon.receive(id, 'File: notes.bin (150 kB)', { kind: 'file', file });
    const other = stage.daemon.receive(id, 'File: b.bin (9 B)', {
      ...{ kind: 'file', file: plainFile('b.bin', 9, { state: 'offered' }) },
    });
    await row(page, 'Bob: File b.bin').getByRole('button', { name: 'No' }).click();
    await row(page, 'Bob: File b.bin, 9 bytes, declined').waitFor();
    assert.equal(stage.daemon.messages.get(other.id)?.file?.state, 'declined');
    await row(page, 'Bob: File notes.bin').getByRole('button', { name: 'Fetch it' }).click();
    await row(page, 'Bob: File notes.bin, 150 kB, 25 % here').waitFor();
    stage.daemon.files.bytes.set(offered.id, bytes);
    stage.daemon.patchMessage(offered.id, { file: { ...file, state: 'here' } });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      row(page, 'Bob: File notes.bin').getByRole('button', { name: 'Save' }).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'notes.bin');
    assert.deepEqual(await readFile(await download.path()), bytes);
  });

  it('no decoder gets what Tacet did not make: a picture by name, a page, an SVG are not drawn', async (t) => {
    const stage = await startStage(t);
    const { page, id } = await open(stage);
    const hostile = [
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
      Buffer.from('<html><script>alert(1)</script></html>'),
      PNG,
      Buffer.from('GIF89a-----'),
    ];
    for (const [n, bytes] of hostile.entries()) {
      const claims = { kind: 'picture', mediaType: 'image/webp', width: 4, height: 3 } as const;
      const file = plainFile(`p${n}.webp`, bytes.length, claims);
      const text = `Picture: p${n}.webp (9 B)`;
      const { id: of } = stage.daemon.receive(id, text, { kind: 'file', file }, true);
      stage.daemon.files.bytes.set(of, bytes);
    }
    const huge = plainFile('huge.webp', 50_000_000, { kind: 'picture', width: 60_000, height: 9 });
    const text = 'Picture: huge.webp (50 MB)';
    stage.daemon.receive(id, text, { kind: 'file', file: huge });
    await page.getByText('it is not drawn here').nth(4).waitFor();
    assert.equal(await page.locator('.picture img').count(), 0);
    assert.equal(
      stage.daemon.calls.some(({ method, params }) => {
        const at = params as { readonly id?: string };
        return method === 'file.read' && at.id === [...stage.daemon.messages.keys()].at(-1);
      }),
      false,
      'what is too large is not even read',
    );
  });

  it('a lock takes pictures, names and what waited to be sent off the page', async (t) => {
    const stage = await startStage(t);
    const { page, id } = await open(stage);
    const file = plainFile('secret.webp', WEBP.length, { kind: 'picture', width: 1, height: 1 });
    const { id: of } = stage.daemon.receive(id, 'Picture: secret.webp (9 B)', {
      ...{ kind: 'file', file },
    });
    stage.daemon.files.bytes.set(of, WEBP);
    const image = page.locator('.picture img');
    await image.waitFor();
    const url = await image.getAttribute('src');
    await choose(page, { name: 'waiting.txt', mimeType: 'text/plain', buffer: Buffer.from('x') });
    await page.locator('.attachment').waitFor();
    stage.daemon.lock();
    await page.getByRole('heading', { name: 'Locked' }).waitFor();
    assert.doesNotMatch(await page.content(), /secret|waiting|blob:/);
    const isLeft = await page.evaluate(
      (at) =>
        new Promise((resolve) => {
          const again = new Image();
          again.onload = () => resolve(true);
          again.onerror = () => resolve(false);
          again.src = at ?? '';
        }),
      url,
    );
    assert.equal(isLeft, false, 'its address leads nowhere any more');
    takeOut(stage.troubles, /ERR_FILE_NOT_FOUND|status of 401/);
  });
});
