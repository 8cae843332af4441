/** What one does to messages in the window: answer, react, edit, delete; by mouse, by keys, and both ways. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AppError } from '@tacet/base';
import type { Page } from 'playwright-core';
import { type Stage, startStage } from './lib/browser.ts';

const row = (page: Page, start: string) =>
  page.getByRole('listitem', { name: new RegExp(`^${start}`) });

const field = (page: Page) => page.getByRole('textbox', { name: /^Message to/ });

async function choose(page: Page, of: string, item: string): Promise<void> {
  await row(page, of).hover();
  await row(page, of).getByRole('button', { name: 'What to do with this message' }).click();
  await page.getByRole('menu').getByRole('menuitem', { name: item }).click();
}

/** A conversation with Bob of two lines, open. */
async function talk(stage: Stage): Promise<{ page: Page; theirs: string; own: string }> {
  const { id } = stage.daemon.addContact('Bob');
  const theirs = stage.daemon.receive(id, 'Shall we meet at six?', {}, true).id;
  const own = stage.daemon.put(
    id,
    { direction: 'out', text: 'At sevn', state: 'delivered', deliveredAt: Date.now() },
    true,
  ).id;
  const page = await stage.enter();
  await page.getByRole('navigation').getByRole('button', { name: /Bob/ }).click();
  await row(page, 'Bob: Shall we').waitFor();
  return { page, theirs, own };
}

describe('window: acts upon messages', { timeout: 120_000 }, () => {
  it('a reply says what it answers, and leads there', async (t) => {
    const stage = await startStage(t);
    const { page, theirs } = await talk(stage);
    await choose(page, 'Bob: Shall we', 'Reply');
    await page.getByRole('status').getByText('In reply to Bob').waitFor();
    assert.equal(await field(page).evaluate((one) => one === document.activeElement), true);
    await page.keyboard.type('Seven is better');
    await page.keyboard.press('Enter');
    const answer = row(page, 'You, in reply to Bob: Seven is better');
    await answer.waitFor();
    const sent = [...stage.daemon.messages.values()].at(-1);
    assert.equal(sent?.replyTo?.messageId, theirs);
    assert.equal(await page.getByText('In reply to Bob').count(), 0, 'the next is no reply');
    await answer.locator('.quote').click();
    assert.equal(
      await row(page, 'Bob: Shall we').evaluate((one) => one === document.activeElement),
      true,
    );
  });

  it('a quote nobody here can vouch for says so', async (t) => {
    const stage = await startStage(t);
    const { id } = stage.daemon.addContact('Bob');
    const claims = { direction: 'out', excerpt: 'I owe you 100', messageId: null } as const;
    stage.daemon.receive(id, 'Then pay', { replyTo: { ...claims, proof: 'unknown' } }, true);
    stage.daemon.receive(id, 'Now', { replyTo: { ...claims, proof: 'differs' } }, true);
    stage.daemon.receive(id, 'So?', { replyTo: { ...claims, excerpt: '', proof: 'gone' } }, true);
    const page = await stage.enter();
    await page.getByRole('navigation').getByRole('button', { name: /Bob/ }).click();
    await row(page, 'Bob, in reply to yourself: Then')
      .getByText('that message is not here')
      .waitFor();
    await row(page, 'Bob, in reply to yourself: Now').getByText('does not say this').waitFor();
    await row(page, 'Bob, in reply to yourself: So').getByText('A message that is gone').waitFor();
  });

  it('an answer is found far above, and the newest again after it', async (t) => {
    const stage = await startStage(t);
    const { id } = stage.daemon.addContact('Bob');
    const first = stage.daemon.receive(id, 'the very first', {}, true);
    for (let n = 0; n < 300; n++) stage.daemon.receive(id, `line ${n}`, {}, true);
    const at = { messageId: first.id, direction: 'in', excerpt: first.text } as const;
    stage.daemon.receive(id, 'as I said', { replyTo: { ...at, proof: 'verified' } }, true);
    const page = await stage.enter();
    await page.getByRole('navigation').getByRole('button', { name: /Bob/ }).click();
    await row(page, 'Bob, in reply to Bob: as I said').locator('.quote').click();
    const found = row(page, 'Bob: the very first');
    await found.waitFor();
    assert.equal(await found.evaluate((one) => one === document.activeElement), true);
    await page.getByRole('button', { name: 'Newest' }).click();
    await row(page, 'Bob, in reply to Bob: as I said').waitFor();
  });

  it('reactions: from the menu, any other sign, taken back, joined', async (t) => {
    const stage = await startStage(t);
    const { page, theirs, own } = await talk(stage);
    const signs = (id: string) =>
      stage.daemon.messages.get(id)?.reactions.map(({ emoji, direction }) => direction + emoji);
    await row(page, 'Bob: Shall we').click({ button: 'right' });
    await page.getByRole('menuitemradio', { name: 'React with 👍' }).click();
    const chip = row(page, 'Bob: Shall we').getByRole('button', { name: /^👍, You/ });
    await chip.waitFor();
    assert.deepEqual(signs(theirs), ['out👍']);
    await chip.click();
    await chip.waitFor({ state: 'detached' });
    assert.deepEqual(signs(theirs), []);
    await choose(page, 'Bob: Shall we', 'React with another sign');
    const any = page.getByRole('textbox', { name: 'Another sign, or a word' });
    await any.fill('👩‍👩‍👧‍👦'.repeat(3));
    await page.getByText('Too long for a reaction').waitFor();
    await any.fill('🫠');
    await any.press('Enter');
    await row(page, 'Bob: Shall we').getByRole('button', { name: /^🫠/ }).waitFor();
    const theirsNow = [{ direction: 'in', emoji: '❤️', state: 'received' } as const];
    stage.daemon.patchMessage(own, { reactions: theirsNow });
    await row(page, 'You: At sevn').getByRole('button', { name: '❤️, Bob. Say the same' }).click();
    await row(page, 'You: At sevn')
      .getByRole('button', { name: /^❤️, You/ })
      .waitFor();
    assert.deepEqual(signs(own), ['in❤️', 'out❤️']);
  });

  it('an own text gets a new version by Up and Enter; the draft comes back; earlier ones are shown', async (t) => {
    const stage = await startStage(t);
    const { page } = await talk(stage);
    await field(page).press('ArrowUp');
    assert.equal(await field(page).inputValue(), 'At sevn');
    await field(page).press('Escape');
    assert.equal(await field(page).inputValue(), '');
    await field(page).fill('a draft');
    await choose(page, 'You: At sevn', 'Edit');
    await field(page).fill('At seven');
    await field(page).press('Enter');
    await row(page, 'You: At seven.*Edited').waitFor();
    assert.equal(await field(page).inputValue(), 'a draft');
    await choose(page, 'You: At seven', 'What happened to it');
    const versions = page.getByRole('dialog').locator('.versions li');
    await versions.filter({ hasText: 'At sevn' }).waitFor();
    assert.equal(await versions.count(), 2);
    await page.keyboard.press('Escape');
    await row(page, 'Bob: Shall we').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Reply' }).waitFor();
    assert.equal(await page.getByRole('menuitem', { name: 'Edit' }).count(), 0, 'theirs');
  });

  it('a version that is refused stays in the composer', async (t) => {
    const stage = await startStage(t);
    const { page } = await talk(stage);
    await field(page).press('ArrowUp');
    stage.daemon.failures.set('message.edit', new AppError('disk-full', 'storage', 'full'));
    await field(page).fill('At seven');
    await field(page).press('Enter');
    await page.locator('.notice').waitFor();
    assert.equal(await field(page).inputValue(), 'At seven');
    stage.daemon.failures.clear();
    await field(page).press('Enter');
    await row(page, 'You: At seven').waitFor();
  });

  it('deleting: own ones for both or here, theirs here; what goes elsewhere goes here', async (t) => {
    const stage = await startStage(t);
    const { page, theirs } = await talk(stage);
    await choose(page, 'You: At sevn', 'Delete');
    await page.getByRole('button', { name: 'Delete for both' }).click();
    await row(page, 'You: You deleted this message. The device of Bob is being asked to').waitFor();
    await choose(page, 'Bob: Shall we', 'Delete');
    assert.equal(await page.getByRole('button', { name: 'Delete for both' }).count(), 0);
    await page.getByRole('button', { name: 'Delete here only' }).click();
    await row(page, 'Bob: Shall we').waitFor({ state: 'detached' });
    assert.equal(stage.daemon.messages.has(theirs), false);
    const [contact] = stage.daemon.contacts.keys();
    const gone = stage.daemon.receive(contact ?? '', 'soon gone');
    await row(page, 'Bob: soon gone').waitFor();
    stage.daemon.messages.delete(gone.id);
    stage.daemon.emit('message-state', gone.id);
    await row(page, 'Bob: soon gone').waitFor({ state: 'detached' });
  });

  it('what is deleted, for both or here, is quoted no more at once', async (t) => {
    const stage = await startStage(t);
    const { page } = await talk(stage);
    for (const [of, words, button] of [
      ['You: At sevn', 'an answer', 'Delete for both'],
      ['Bob: Shall we', 'another', 'Delete here only'],
    ] as const) {
      await choose(page, of, 'Reply');
      await page.keyboard.type(words);
      await page.keyboard.press('Enter');
      const quote = row(page, `You, in reply to .*: ${words}`).locator('.quote');
      await quote.waitFor();
      await choose(page, of, 'Delete');
      await page.getByRole('button', { name: button }).click();
      await quote.getByText('A message that is gone').waitFor();
    }
    assert.doesNotMatch((await page.locator('.messages').textContent()) ?? '', /sevn|Shall we/);
  });

  it('without a mouse: the menu by Shift+F10, arrows, Escape; focus comes back', async (t) => {
    const stage = await startStage(t);
    const { page } = await talk(stage);
    await row(page, 'Bob: Shall we').focus();
    await page.keyboard.press('Shift+F10');
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    assert.equal(await focused(), 'React with 👍');
    await page.keyboard.press('ArrowUp');
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Delete');
    await page.keyboard.press('Home');
    assert.equal(await focused(), 'React with 👍');
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    assert.match((await focused()) ?? '', /^Bob: Shall we/);
    await page.keyboard.press('Shift+F10');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await row(page, 'Bob: Shall we')
      .getByRole('button', { name: /^❤️, You/ })
      .waitFor();
    assert.match((await focused()) ?? '', /^Bob: Shall we/);
  });

  it('signs and quotes of a contact are words', async (t) => {
    const stage = await startStage(t);
    const { id } = stage.daemon.addContact('Bob');
    const hostile = '<img src=x onerror=alert(1)>\u202e';
    stage.daemon.receive(
      id,
      'hello',
      {
        replyTo: { messageId: null, direction: 'in', excerpt: hostile, proof: 'unknown' },
        reactions: [{ direction: 'in', emoji: hostile, state: 'received' }],
      },
      true,
    );
    const page = await stage.enter();
    await page.getByRole('navigation').getByRole('button', { name: /Bob/ }).click();
    const line = row(page, 'Bob, in reply to Bob: hello');
    await line.waitFor();
    assert.equal(await line.locator('img').count(), 0);
    for (const part of ['.quote-text', '.reaction']) {
      const shown = await line.locator(part).textContent();
      assert.ok(shown?.includes('<img src=x') && !shown.includes('\u202e'), part);
    }
  });
});
