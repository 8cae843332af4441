/** Privacy levels in the window: what each costs and shows, and that Fast is agreed to. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Locator } from 'playwright-core';
import { type Stage, startStage } from './lib/browser.ts';

async function levels(t: TestContext): Promise<{ stage: Stage; dialog: Locator }> {
  const stage = await startStage(t);
  const page = await stage.enter();
  await page.getByRole('button', { name: /Show network/ }).click();
  return { stage, dialog: page.getByRole('dialog', { name: 'Network and privacy' }) };
}

const level = (dialog: Locator, name: string) => dialog.locator('.level', { hasText: name });

describe('window: levels', { timeout: 120_000 }, () => {
  it('each stands with what it costs and shows on this network', async (t) => {
    const { dialog } = await levels(t);
    await level(dialog, 'Balanced')
      .getByText('4–8 s a message, measured here. 1.59 GB to 3.18 GB a day.')
      .waitFor();
    await level(dialog, 'Balanced')
      .getByText(/see roughly when a window is in use\.$/)
      .waitFor();
    await level(dialog, 'Strong')
      .getByText('About 12 s a message, worked out. 1.59 GB a day.')
      .waitFor();
    await level(dialog, 'Strong').getByText('Shows nothing but that Tacet runs.').waitFor();
    await level(dialog, 'Fast')
      .getByText(/see each moment at which you write/)
      .waitFor();
  });

  it('Fast begins only after what it shows more was agreed to, and can be taken back', async (t) => {
    const { stage, dialog } = await levels(t);
    await level(dialog, 'Fast').getByRole('radio').click();
    const change = dialog.getByRole('button', { name: 'Change to Fast' });
    const more = dialog.getByText('What others see then, and do not see now');
    await more.waitFor();
    assert.equal(await dialog.locator('.level-more li').count(), 2);
    assert.equal(await change.isDisabled(), true);
    await dialog.getByLabel('I give that up for speed').check();
    await change.click();
    await dialog.getByText(/^Fast begins at \d\d:\d\d, a random moment/).waitFor();
    assert.equal(stage.daemon.status.level, 'balanced');
    assert.equal(await change.count(), 0);
    await level(dialog, 'Balanced').getByRole('radio').click();
    const back = dialog.getByRole('button', { name: 'Change to Balanced' });
    await back.waitFor();
    assert.equal(await more.count(), 0, 'nothing more is shown by what is in force');
    await back.click();
    await dialog.getByText(/^Fast begins at/).waitFor({ state: 'detached' });
    assert.deepEqual(
      stage.daemon.calls.filter(({ method }) => method === 'level.set').map(({ params }) => params),
      [{ level: 'fast', confirm: true }, { level: 'balanced' }],
    );
  });

  it('without a network nothing is said that is not known', async (t) => {
    const { stage, dialog } = await levels(t);
    stage.daemon.patchStatus({ network: null });
    await dialog.getByText('What levels cost is known with a network.').waitFor();
    assert.equal(await dialog.getByText(/a day\./).count(), 0);
  });
});
