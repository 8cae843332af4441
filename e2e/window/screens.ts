/**
 * Pictures of every screen, for looking at: `npm run screenshots -- [FOLDER] [SCREEN,...]`. Light and dark, wide
 * and 320 px, and from right to left; one page shows them all.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { type Stage, startStage, type WatchOptions } from './lib/browser.ts';
import { contactSheet } from './lib/contact-sheet.ts';
import { PHRASE } from './lib/fake-backups.ts';
import { plainFile, WEBP } from './lib/fake-files.ts';
import { voiceFile } from './lib/fake-views.ts';
import { fillScene } from './lib/scenes.ts';

const folder = process.argv[2] ?? 'screenshots';
const only = process.argv[3];

interface Shot {
  readonly name: string;
  prepare(stage: Stage): Promise<Page>;
}

const open = (page: Page, name: RegExp) =>
  page.getByRole('navigation').getByRole('button', { name }).click();

const shots: readonly Shot[] = [
  {
    name: 'chat',
    async prepare(stage) {
      fillScene(stage.daemon);
      const page = await stage.enter();
      await open(page, /Bob/);
      await page.getByRole('listitem', { name: /Hauptstraße/ }).waitFor();
      return page;
    },
  },
  {
    name: 'states',
    async prepare(stage) {
      fillScene(stage.daemon);
      const page = await stage.enter();
      await open(page, /Chiara/);
      await page.getByRole('listitem', { name: /Sorry, I was/ }).waitFor();
      await page
        .getByRole('textbox', { name: /^Message to/ })
        .fill('A draft over\nseveral lines,\nnot sent yet');
      return page;
    },
  },
  {
    name: 'voice',
    async prepare(stage) {
      const { id } = stage.daemon.addContact('Bob');
      const loud = Array.from({ length: 64 }, (_, n) => Math.round(128 + 120 * Math.sin(n * n)));
      const peaks = Buffer.from(loud).toString('base64url');
      const text = 'Voice note (27 kB)';
      stage.daemon.receive(id, text, {
        file: voiceFile(27_000, 12_660, peaks, { state: 'here' }),
      });
      stage.daemon.put(id, {
        direction: 'out',
        text,
        state: 'stored',
        file: voiceFile(27_000, 48_000, peaks),
      });
      stage.daemon.receive(id, text, {
        file: voiceFile(27_000, 3_000, null, { state: 'offered' }),
      });
      const page = await stage.enter();
      await open(page, /Bob/);
      await page.getByRole('button', { name: 'Fetch it' }).waitFor();
      return page;
    },
  },
  {
    name: 'acts',
    async prepare(stage) {
      await talked(stage);
      const page = await stage.enter();
      await open(page, /Bob/);
      await page.getByRole('listitem', { name: /^Bob: Shall/ }).click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Delete' }).waitFor();
      return page;
    },
  },
  {
    name: 'reply',
    async prepare(stage) {
      await talked(stage);
      const page = await stage.enter();
      await open(page, /Bob/);
      await page.getByRole('listitem', { name: /^Bob: Shall/ }).click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Reply' }).click();
      await page.keyboard.type('Yes, and bring the');
      return page;
    },
  },
  {
    name: 'react',
    async prepare(stage) {
      await talked(stage);
      const page = await stage.enter();
      await open(page, /Bob/);
      await page.getByRole('listitem', { name: /^Bob: Shall/ }).click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'React with another sign' }).click();
      return page;
    },
  },
  {
    name: 'files',
    async prepare(stage) {
      const { id } = stage.daemon.addContact('Bob');
      const picture = { kind: 'picture', width: 640, height: 420 } as const;
      const { id: seen } = stage.daemon.receive(id, 'From the rehearsal', {
        ...{ kind: 'file', file: plainFile('picture.webp', WEBP.length, picture) },
      });
      stage.daemon.files.bytes.set(seen, WEBP);
      stage.daemon.receive(id, 'File: score.pdf (2.4 MB)', {
        ...{ kind: 'file', file: plainFile('score.pdf', 2_400_000, { state: 'offered' }) },
      });
      stage.daemon.put(id, {
        ...{ direction: 'out', kind: 'file', state: 'stored', text: 'File: plan.txt (12 kB)' },
        file: plainFile('plan.txt', 12_000, { state: 'writing', done: 4 }),
      });
      const page = await stage.enter();
      await open(page, /Bob/);
      await page.locator('input[type="file"]').setInputFiles([
        { name: 'agenda.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(90_000, 1) },
        { name: 'empty.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) },
      ]);
      await page.getByText('That file is empty.').waitFor();
      return page;
    },
  },
  {
    name: 'search',
    async prepare(stage) {
      fillScene(stage.daemon);
      const page = await stage.enter();
      await page.getByRole('textbox', { name: 'Search people and messages' }).fill('bo');
      await page.locator('mark').first().waitFor();
      return page;
    },
  },
  {
    name: 'list',
    async prepare(stage) {
      fillScene(stage.daemon);
      const page = await stage.enter();
      await page.getByRole('navigation').waitFor();
      return page;
    },
  },
  {
    name: 'message',
    async prepare(stage) {
      fillScene(stage.daemon);
      const page = await stage.enter();
      await open(page, /Bob/);
      await page
        .getByRole('listitem', { name: /Hauptstraße/ })
        .locator('.meta')
        .click();
      await page.getByRole('dialog').getByText('Saved on this device').waitFor();
      return page;
    },
  },
  {
    name: 'network',
    async prepare(stage) {
      fillScene(stage.daemon);
      const page = await stage.enter();
      await page.getByRole('button', { name: /Show network/ }).click();
      await page.getByRole('radio', { name: /^Fast/ }).click();
      return page;
    },
  },
  {
    name: 'locking',
    async prepare(stage) {
      fillScene(stage.daemon);
      stage.daemon.opensWith = 'keychain';
      const page = await stage.enter();
      await page.getByRole('button', { name: /your address/ }).click();
      await page.getByRole('button', { name: 'Lock fully' }).scrollIntoViewIfNeeded();
      return page;
    },
  },
  {
    name: 'contact',
    async prepare(stage) {
      fillScene(stage.daemon);
      const page = await stage.enter();
      await open(page, /Bob/);
      await page.getByRole('button', { name: /About/ }).click();
      return page;
    },
  },
  {
    name: 'verify',
    async prepare(stage) {
      const { bob } = fillScene(stage.daemon);
      stage.daemon.patchContact(bob, { trust: 'unverified', trustWarning: 'code-differs' });
      const page = await stage.enter();
      await open(page, /Bob/);
      await page.getByRole('button', { name: /About/ }).click();
      await page.getByRole('button', { name: 'Compare keys' }).click();
      await page.getByRole('button', { name: 'Work out a code' }).click();
      stage.daemon.trust.changeCode(bob, { state: 'compare', code: '048151' });
      await page.getByText('048 151').waitFor();
      return page;
    },
  },
  {
    name: 'arranging',
    async prepare(stage) {
      const { bob, chiara } = fillScene(stage.daemon);
      const { conversations } = stage.daemon;
      const echo =
        [...stage.daemon.contacts.values()].find(({ name }) => name === 'Echo')?.id ?? '';
      conversations.pin({ contactId: bob, pinned: true });
      conversations.mute({ contactId: chiara, mute: { until: null, mentions: true } });
      conversations.archive({ contactId: echo, archived: true });
      conversations.draft({ contactId: chiara, text: 'Which day was it' });
      const page = await stage.enter();
      await open(page, /Chiara/);
      await page.getByRole('button', { name: /About/ }).click();
      await page.getByRole('button', { name: 'Delete', exact: true }).click();
      await page.getByText('This conversation').scrollIntoViewIfNeeded();
      return page;
    },
  },
  {
    name: 'phrase',
    async prepare(stage) {
      fillScene(stage.daemon);
      const page = await stage.enter();
      await page.getByRole('button', { name: /your address/ }).click();
      await page.getByRole('button', { name: 'Make a backup' }).click();
      await page.getByRole('button', { name: 'Show me the words' }).click();
      await page.getByRole('list', { name: 'Recovery phrase' }).waitFor();
      return page;
    },
  },
  {
    name: 'backups',
    async prepare(stage) {
      fillScene(stage.daemon);
      stage.daemon.backups.set({ phrase: PHRASE });
      await stage.daemon.backups.create();
      stage.daemon.backups.gate = new Promise(() => undefined);
      const page = await stage.enter();
      await page.getByRole('button', { name: /your address/ }).click();
      await page.getByRole('button', { name: 'Backups', exact: true }).click();
      await page.getByRole('button', { name: 'Make one now' }).click();
      await page.getByText('31 of 96').waitFor();
      return page;
    },
  },
  {
    name: 'restore',
    async prepare(stage) {
      stage.daemon.state = 'none';
      const page = await stage.enter();
      await page.getByRole('button', { name: 'I have a backup' }).click();
      await page.getByRole('heading', { name: 'From a backup' }).waitFor();
      return page;
    },
  },
  {
    name: 'meeting',
    async prepare(stage) {
      fillScene(stage.daemon);
      const page = await stage.enter();
      await open(page, /Dana/);
      await page.getByText('Request delivered').waitFor();
      return page;
    },
  },
  {
    name: 'invite',
    async prepare(stage) {
      fillScene(stage.daemon);
      stage.daemon.pace = 10;
      const page = await stage.enter();
      await page.getByRole('button', { name: 'Invite or accept' }).first().click();
      await page.getByLabel('For whom?').fill('Emil, choir');
      await page.getByRole('button', { name: 'Make a link' }).click();
      await page.getByRole('img', { name: /Code of the invitation/ }).waitFor();
      stage.daemon.pace = null;
      await page.getByLabel('For whom?').fill('Fatou');
      await page.getByRole('button', { name: 'Make a link' }).click();
      await page.getByText('Being put into').waitFor();
      return page;
    },
  },
  {
    name: 'empty',
    async prepare(stage) {
      const page = await stage.enter();
      await page
        .getByText('Quiet so far.')
        .or(page.getByText('Nobody here yet.'))
        .first()
        .waitFor();
      return page;
    },
  },
  {
    name: 'join',
    async prepare(stage) {
      stage.daemon.status = { ...stage.daemon.status, card: null, network: null, link: 'offline' };
      const page = await stage.enter();
      await page.getByRole('heading', { name: 'Join a network' }).waitFor();
      return page;
    },
  },
  {
    name: 'unreached',
    async prepare(stage) {
      stage.daemon.status = {
        ...stage.daemon.status,
        network: null,
        link: 'connecting',
        pause: 'document',
      };
      const page = await stage.enter();
      await page.getByText('Another card or invitation').click();
      await page.getByRole('button', { name: 'Join' }).waitFor();
      return page;
    },
  },
  {
    name: 'failed',
    async prepare(stage) {
      fillScene(stage.daemon);
      const steps = { opened: 1, delivered: null, accepted: null, ready: null };
      stage.daemon.addContact('Fatou', { state: 'ended', reason: 'invitation-used', steps });
      const page = await stage.enter();
      await open(page, /Fatou/);
      await page.getByRole('button', { name: 'Take off the list' }).waitFor();
      return page;
    },
  },
  {
    name: 'locked',
    async prepare(stage) {
      const page = await stage.enter();
      await page.getByRole('button', { name: 'Lock', exact: true }).click();
      await page.getByLabel('Passphrase', { exact: true }).fill('wrong');
      await page.getByRole('button', { name: 'Unlock' }).click();
      await page.getByRole('alert').waitFor();
      return page;
    },
  },
  {
    name: 'create',
    async prepare(stage) {
      stage.daemon.state = 'none';
      const page = await stage.enter();
      await page.getByRole('heading', { name: 'Your profile' }).waitFor();
      return page;
    },
  },
  {
    name: 'unread',
    async prepare(stage) {
      const { chiara } = fillScene(stage.daemon);
      stage.daemon.receive(chiara, 'Are you there?');
      stage.daemon.receive(chiara, 'It can wait until tomorrow.');
      stage.daemon.status = { ...stage.daemon.status, link: 'limited', outbox: 2, stalled: true };
      const page = await stage.enter();
      await open(page, /Chiara/);
      await page.getByText('New', { exact: true }).waitFor();
      return page;
    },
  },
  {
    name: 'broken',
    async prepare(stage) {
      fillScene(stage.daemon);
      const page = await stage.enter();
      await open(page, /Bob/);
      await page.getByRole('listitem', { name: /Hauptstraße/ }).waitFor();
      await stage.context.setOffline(true);
      stage.daemon.breakStream();
      await page.getByRole('textbox', { name: /^Message to/ }).fill('Written while nobody answers');
      await page.keyboard.press('Enter');
      await page.getByText('Handing it to Tacet').waitFor();
      await page.getByText('does not answer. Trying again').waitFor({ timeout: 60_000 });
      return page;
    },
  },
  {
    name: 'outside',
    async prepare(stage) {
      const page = await stage.newPage();
      await page.goto(stage.server.address);
      await page.getByText('This window is closed').waitFor();
      return page;
    },
  },
];

/** Answers, signs, a new version, what was deleted. */
async function talked({ daemon }: Stage): Promise<void> {
  const { id } = daemon.addContact('Bob');
  const first = daemon.receive(id, 'Shall we meet at six, at the usual place?', {}, true);
  const own = { direction: 'out', state: 'delivered', deliveredAt: Date.now() } as const;
  const quoted = { messageId: first.id, direction: 'in', excerpt: first.text } as const;
  const heart = { direction: 'in', emoji: '❤️', state: 'received' } as const;
  const thumb = { direction: 'out', emoji: '👍', state: 'queued' } as const;
  daemon.put(
    id,
    {
      ...own,
      text: 'Seven is better, I have to see somebody before.',
      replyTo: { ...quoted, proof: 'verified' },
      reactions: [heart],
      editedAt: Date.now(),
    },
    true,
  );
  daemon.receive(id, 'Seven then.', { reactions: [thumb] }, true);
  daemon.put(
    id,
    { ...own, text: '', deletion: { at: Date.now(), kept: false, state: 'queued' } },
    true,
  );
  const claim = { messageId: null, direction: 'out', excerpt: 'I owe you 100' } as const;
  daemon.receive(id, 'You said:', { replyTo: { ...claim, proof: 'unknown' } }, true);
  daemon.receive(id, 'This one goes by itself.', { lifetime: 86_400 }, true);
}

interface Look extends WatchOptions {
  /** As a language that is written from right to left would have it; the words stay. */
  readonly isRtl?: boolean;
}

const looks: readonly (readonly [string, Look])[] = [
  ['light', { scheme: 'light' }],
  ['dark', { scheme: 'dark' }],
  ['light-320', { scheme: 'light', width: 320, height: 640 }],
  ['dark-320', { scheme: 'dark', width: 320, height: 640 }],
  ['rtl', { scheme: 'light', isRtl: true }],
  ['rtl-320', { scheme: 'light', width: 320, height: 640, isRtl: true }],
];

/** False where it could not be made; why is said. */
async function take(shot: Shot, look: string, { isRtl, ...options }: Look): Promise<boolean> {
  const endings: (() => unknown)[] = [];
  const context = { after: (end: () => unknown) => endings.push(end) } as unknown as TestContext;
  const stage = await startStage(context, options);
  let isMade = false;
  try {
    const page = await shot.prepare(stage);
    if (isRtl) await page.evaluate(() => document.documentElement.setAttribute('dir', 'rtl'));
    await page.screenshot({ path: join(folder, `${shot.name}-${look}.png`) });
    isMade = true;
  } catch (error) {
    process.stderr.write(`${shot.name} ${look}: ${String(error).split('\n')[0]}\n`);
  }
  // What a screen provokes on purpose is judged by the tests, not here.
  stage.troubles.length = 0;
  for (const end of endings) {
    await Promise.resolve(end()).catch((error) => process.stderr.write(`${shot.name}: ${error}\n`));
  }
  return isMade;
}

await mkdir(folder, { recursive: true });
const wanted = shots.filter(({ name }) => only === undefined || only.split(',').includes(name));
const missing = new Set<string>();
for (const [index, shot] of wanted.entries()) {
  process.stderr.write(`${index + 1} of ${wanted.length}: ${shot.name}\n`);
  for (const [look, options] of looks) {
    if (!(await take(shot, look, options))) missing.add(`${shot.name}-${look}`);
  }
}
const page = join(folder, 'index.html');
const screens = wanted.map(({ name }) => name);
await writeFile(page, contactSheet({ screens, looks: looks.map(([name]) => name), missing }));
process.stdout.write(`${wanted.length * looks.length - missing.size} pictures: ${page}\n`);
process.exit(missing.size === 0 && wanted.length > 0 ? 0 : 1);
