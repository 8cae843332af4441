/** `profile create`, `profile rename`, `profile passphrase`, `lock`, `unlock`. */
import { type Command, NEW_PASSPHRASE_OPTIONS, PASSPHRASE_OPTIONS } from '../command.ts';
import { findContact } from '../contacts.ts';
import type { Context } from '../context.ts';
import { parseDuration } from '../duration.ts';
import { profileLines } from '../format.ts';
import { needSecret } from '../passphrase.ts';
import { safeLine } from '../safe.ts';
import { withDaemon } from './daemon.ts';

export const profileCreate: Command = {
  path: 'profile create',
  summary: 'make a new identity on this computer, offline',
  args: '[name shown to contacts]',
  arity: [0, 1],
  options: PASSPHRASE_OPTIONS,
  examples: [
    'tacet profile create "Alice"',
    'tacet --profile work profile create "A. Miller" --keychain',
    'tacet profile create Bob --passphrase-file pass.txt',
  ],
  details: 'Starts the daemon when it does not run. A new name under --profile is a new profile.',
  async run(context) {
    const secret = await needSecret(context, true);
    const name = context.args[0] ?? context.place.name;
    const made = await withDaemon(context, [], (api) =>
      api.call('profile.create', { name, ...secret }),
    );
    context.show(made, () => profileLines(made, context.tell).slice(0, 2).join('\n'));
    context.note('next: tacet network join CARD, or tacet invite accept LINK');
    return undefined;
  },
};

export const profileRename: Command = {
  path: 'profile rename',
  summary: 'go by another name; only who you choose gets to know',
  args: '<name>',
  arity: [1, 1],
  options: {
    tell: { type: 'string', value: 'WHO', help: 'all, or contacts by name, with commas between' },
  },
  examples: ['tacet profile rename "Alice M."', 'tacet profile rename Al --tell bob,carol'],
  details: 'New contacts get the new name in any case. Contacts see the change as a line.',
  async run(context) {
    const name = context.arg(0, 'the name');
    const wanted = context.text('tell') ?? '';
    const api = await context.api();
    const named = wanted.split(',').filter((one) => one !== '');
    const found = wanted === 'all' ? [] : named.map((one) => findContact(api, one));
    const ids = (await Promise.all(found)).map(({ id }) => id);
    const status = await api.call('profile.rename', { name, tell: wanted === 'all' ? 'all' : ids });
    context.show(status, () => safeLine(status.profile));
    return undefined;
  },
};

export const profilePassphrase: Command = {
  path: 'profile passphrase',
  summary: 'change what opens the profile: another passphrase, or the keychain',
  arity: [0, 0],
  options: {
    ...PASSPHRASE_OPTIONS,
    ...NEW_PASSPHRASE_OPTIONS,
  },
  examples: [
    'tacet profile passphrase',
    'tacet profile passphrase --new-keychain',
    'tacet profile passphrase --keychain --new-passphrase-file pass.txt',
  ],
  details:
    'Who has a copy of the files from before opens that copy with the old passphrase: changing it does not shut what was taken.',
  async run(context) {
    const api = await context.api();
    const current = await needSecret(context, false);
    const next = await needSecret(context, true, 'new-');
    await api.call('profile.reseal', { current, next });
    context.show({ changed: true }, () => 'changed');
    return undefined;
  },
};

export const lock: Command = {
  path: 'lock',
  summary: 'shut all windows; the daemon keeps receiving',
  arity: [0, 0],
  options: {
    after: {
      type: 'string',
      value: 'TIME',
      help: 'lock by itself when nobody touched anything for so long, e.g. 15m; never for never',
    },
    full: { type: 'boolean', help: 'keys leave memory too, and mail waits until it is unlocked' },
  },
  examples: ['tacet lock', 'tacet lock --full', 'tacet lock --after 15m'],
  details:
    'Nobody outside sees either. Fully locked, the daemon goes on sending cover in the same rhythm, and receives nothing. Before the computer sleeps: docs/ops/sleep.md.',
  async run(context) {
    const api = await context.api();
    const after = context.text('after');
    if (after !== undefined) return await lockAfter(context, after);
    const { opensWith } = await api.call('status', {});
    const full = context.flag('full');
    await api.call('profile.lock', full ? { full } : {});
    const { state } = await api.call('status', {});
    context.show({ locked: true, state }, () =>
      state === 'full-locked' ? 'fully locked' : 'locked',
    );
    if (opensWith === 'keychain') {
      context.note(
        'the keychain opens this profile: whoever uses this account of the computer can unlock it (tacet profile passphrase)',
      );
    }
    return undefined;
  },
};

async function lockAfter(context: Context, text: string): Promise<undefined> {
  const asked = text === 'never' ? 0 : Math.max(1, Math.round(parseDuration(text) / 60_000));
  const { minutes } = await (await context.api()).call('profile.idle', { minutes: asked });
  context.show({ minutes }, () =>
    minutes === 0 ? 'never by itself' : `windows lock after ${minutes} min without a touch`,
  );
  return undefined;
}

export const unlock: Command = {
  path: 'unlock',
  summary: 'open a locked profile',
  arity: [0, 0],
  options: PASSPHRASE_OPTIONS,
  examples: ['tacet unlock', 'tacet unlock --passphrase-fd 3 3<pass.txt'],
  async run(context) {
    const api = await context.api();
    const secret = await needSecret(context, false);
    const { wrongSecrets } = await api.call('status', {});
    const opened = await api.call('profile.unlock', secret);
    if (wrongSecrets > 0) {
      context.note(`wrong secrets tried since it was opened last: ${wrongSecrets}`);
    }
    context.show(opened, () => profileLines(opened, context.tell).join('\n'));
    return undefined;
  },
};

export const profileResume: Command = {
  path: 'profile resume',
  arity: [0, 0],
  summary: 'send again after a copy of this profile was noticed and ended',
  examples: ['tacet profile resume'],
  details:
    'Two daemons on copies of one profile would speak as one person and lose messages, so they stop sending. End the other one first.',
  async run(context) {
    const api = await context.api();
    const status = await api.call('profile.resume', {});
    context.show(status, () => 'sending again');
    return undefined;
  },
};
