/** The page in a real browser: it works, within its policy, with loopback only. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startStage } from './lib/browser.ts';

describe('window: page', () => {
  it('a text goes from queued to delivered before the eyes', async (t) => {
    const stage = await startStage(t);
    stage.daemon.pace = 150;
    const bob = stage.daemon.addContact('Bob');
    const page = await stage.enter();
    await page.getByRole('button', { name: /Bob/ }).click();
    await page.getByRole('textbox', { name: 'Message to Bob' }).fill('Hello Bob');
    await page.keyboard.press('Enter');
    const row = page.getByRole('listitem', { name: /^You: Hello Bob/ });
    await row.waitFor();
    const seen: string[] = [];
    while (!seen.at(-1)?.startsWith('Delivered')) {
      const word = (await row.locator('.below').textContent()) ?? '';
      if (word !== seen.at(-1)) seen.push(word);
    }
    assert.deepEqual(
      seen.map((word) => word.replace(/ \d\d:\d\d$/, '')),
      [
        'Waiting on this device',
        'Sending',
        'In the mailbox',
        'In the mailbox, 2 copies',
        'Delivered',
      ],
    );
    assert.equal(stage.daemon.messages.size, 1);
    assert.equal([...stage.daemon.messages.values()][0]?.contactId, bob.id);
  });
});
