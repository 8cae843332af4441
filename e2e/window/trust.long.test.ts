/** Comparing keys in the window: what is known of a contact, the number, the code, and what each answer does. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { AppError } from '@tacet/base';
import type { Page } from 'playwright-core';
import { type Stage, startStage } from './lib/browser.ts';

interface Scene {
  readonly stage: Stage;
  readonly page: Page;
  readonly id: string;
}

async function about(t: TestContext): Promise<Scene> {
  const stage = await startStage(t);
  const { id } = stage.daemon.addContact('Bob');
  const page = await stage.enter();
  await page.getByRole('button', { name: /^Bob/ }).click();
  await page.getByRole('button', { name: 'About Bob' }).click();
  await page.getByText('You met by a link').waitFor();
  return { stage, page, id };
}

async function comparing(t: TestContext): Promise<Scene> {
  const scene = await about(t);
  await scene.page.getByRole('button', { name: 'Compare keys' }).click();
  await scene.page.getByRole('dialog', { name: 'Compare keys with Bob' }).waitFor();
  return scene;
}

const digits = (page: Page) => page.getByRole('list', { name: 'Safety number with Bob' });

describe('window: comparing keys', { timeout: 120_000 }, () => {
  it('sixty digits in twelve groups; the same ones verify, and it can be taken back', async (t) => {
    const { page, stage, id } = await comparing(t);
    await digits(page).waitFor();
    const groups = await digits(page).getByRole('listitem').allTextContents();
    assert.equal(groups.length, 12);
    assert.equal(groups.join(''), stage.daemon.trust.number({ contactId: id }).digits);
    await page
      .getByRole('group', { name: /^The number/ })
      .getByText('The same')
      .click();
    await page.getByRole('dialog', { name: 'Bob' }).waitFor();
    await page.getByText('You compared safety numbers: the same').waitFor();
    await page.getByText('You compared keys. Nobody stands between you.').waitFor();
    await page.getByRole('button', { name: 'Compare keys' }).click();
    await page.getByRole('button', { name: 'Take the verification back' }).click();
    await page.getByText('You took the verification back').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('main').getByText('Met by invitation link').waitFor();
  });

  it('another number is a warning, also beside the name over the conversation', async (t) => {
    const { page } = await comparing(t);
    await page
      .getByRole('group', { name: /^The number/ })
      .getByText('It differs')
      .click();
    await page.getByText('The safety numbers differ: somebody may stand between you.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('Look at their keys: About').waitFor();
  });

  it('a code is waited for, compared, and verifies', async (t) => {
    const { page, stage, id } = await comparing(t);
    await page.getByRole('button', { name: 'Work out a code' }).click();
    await page.getByText('Waiting for the device of Bob').waitFor();
    await page.getByText('1 of 3 tries of a day are used').waitFor();
    assert.equal(await page.getByRole('group', { name: /^The code/ }).count(), 0);
    stage.daemon.trust.changeCode(id, { state: 'compare', code: '048151' });
    await page.getByText('048 151').waitFor();
    stage.daemon.trust.changeCode(id, { peerSaid: 'same' });
    await page.getByText('Bob says it is the same. Look for yourself.').waitFor();
    await page
      .getByRole('group', { name: /^The code/ })
      .getByText('The same')
      .click();
    await page.getByText('You said that it is the same.').waitFor();
    assert.equal(stage.daemon.contacts.get(id)?.trust, 'verified');
  });

  it('a code can be stopped; after three no other is begun that day', async (t) => {
    const { page, stage, id } = await comparing(t);
    await page.getByRole('button', { name: 'Work out a code' }).click();
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByText('It was stopped.').waitFor();
    stage.daemon.trust.changeCode(id, { spent: 3, left: 0 });
    await page.getByText('3 of 3 tries of a day are used').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Work out a code' }).isDisabled(), true);
  });

  it('what is not known yet, or refused, is said in its place', async (t) => {
    const { page, stage, id } = await about(t);
    const early = new AppError('verification-early', 'state', 'their keys are not all here yet');
    stage.daemon.failures.set('contact.safetyNumber', early);
    await page.getByRole('button', { name: 'Compare keys' }).click();
    await page.getByText('Their keys are not all here yet.').waitFor();
    stage.daemon.failures.clear();
    stage.daemon.patchContact(id, { trust: 'unverified' });
    await digits(page).waitFor();
  });

  it('a lock leaves no digit', async (t) => {
    const { page, stage } = await comparing(t);
    await digits(page).waitFor();
    stage.daemon.lock();
    await page.getByRole('heading', { name: 'Locked' }).waitFor();
    assert.doesNotMatch(await page.content(), /04815/);
  });
});
