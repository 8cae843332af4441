/** `vault add`, `vault duress`: more than one profile in one vault, and a passphrase for coercion. */
import { AppError } from '@tacet/base';
import { type Command, NEW_PASSPHRASE_ALONE, type OptionSpec } from '../command.ts';
import type { Context } from '../context.ts';
import { needNewPassphrase, type Secret } from '../passphrase.ts';
import { readPrivate } from '../private-file.ts';

/** Beside the open profile and what is added, in four slots. */
const MOST_KEPT = 3;

const OPTIONS: Readonly<Record<string, OptionSpec>> = {
  ...NEW_PASSPHRASE_ALONE,
  'keep-file': {
    type: 'string',
    value: 'FILE',
    help: 'passphrases of other profiles that must stay, one a line',
  },
  'keep-keychain': { type: 'boolean', help: 'the profile that the keychain opens must stay' },
  'keep-none': { type: 'boolean', help: 'there is no other profile that must stay' },
};

const KEEP =
  'Every vault has four places, used or not, and nothing tells which: so say what opens your other\n' +
  'profiles here, or they may be overwritten. The profile that is open stays in any case.';

export const vaultAdd: Command = {
  path: 'vault add',
  summary: 'another profile in the same files, opened by a passphrase of its own',
  args: '<name shown to its contacts>',
  arity: [1, 1],
  options: OPTIONS,
  examples: [
    'tacet vault add "A. Miller"',
    'tacet vault add Al --new-passphrase-file new.txt --keep-file others.txt',
  ],
  details:
    `${KEEP}\n` +
    'Use it: a profile nobody writes to convinces nobody. One is open at a time; mail of the others\n' +
    'waits for up to three weeks. Whoever sees your disk twice, or watches this computer, can know of it.',
  async run(context) {
    const name = context.arg(0, 'the name');
    const [secret, keep] = await secrets(context);
    await (await context.api()).call('vault.add', { name, ...secret, keep });
    context.show({ added: true }, () => 'added');
    context.note('to open it: tacet lock, then tacet unlock with its passphrase');
    return undefined;
  },
};

export const vaultDuress: Command = {
  path: 'vault duress',
  summary: 'a passphrase that destroys your other profiles and opens this one',
  arity: [0, 0],
  options: OPTIONS,
  examples: ['tacet vault duress', 'tacet vault duress --new-passphrase-file say.txt --keep-none'],
  details:
    `${KEEP}\n` +
    'Make it from the profile that is to be seen. Whoever is given this passphrase finds it open, as by\n' +
    'its own; every other profile in these files is gone for good, in less than a second, each time it is used.\n' +
    'It does not help against who copied the disk before and gets another passphrase later. Where only\n' +
    'windows are locked over another profile, opening this one takes seconds more, which shows: lock\n' +
    'fully, or stop the daemon. Backups of the others stay, and show, too.',
  async run(context) {
    const [secret, keep] = await secrets(context);
    await (await context.api()).call('vault.duress', { ...secret, keep });
    context.show(
      { added: true },
      () => 'from now on this passphrase destroys every other profile here',
    );
    return undefined;
  },
};

/** Of what is added, and of what stays. */
async function secrets(context: Context): Promise<[{ passphrase: string }, Secret[]]> {
  const keep = await kept(context);
  return [{ passphrase: await needNewPassphrase(context) }, keep];
}

async function kept(context: Context): Promise<Secret[]> {
  const file = context.text('keep-file');
  const keychain: Secret[] = context.flag('keep-keychain') ? [{ keychain: true }] : [];
  const none = context.flag('keep-none');
  if (none && (file !== undefined || keychain.length > 0)) {
    throw new AppError('usage', 'usage', '--keep-none goes with no other --keep');
  }
  if (file !== undefined) return [...keychain, ...linesOf(file)];
  if (none || keychain.length > 0) return keychain;
  if (!context.terminal.inIsTty) {
    const ways = '--keep-file, --keep-keychain or --keep-none';
    throw new AppError('keep-needed', 'usage', `say which other profiles are to stay: ${ways}`);
  }
  const typed: Secret[] = [];
  while (typed.length < MOST_KEPT) {
    const question = 'Passphrase of another profile that must stay (empty: no more): ';
    const passphrase = await context.terminal.askSecret(question);
    if (passphrase === '') break;
    typed.push({ passphrase });
  }
  return typed;
}

function linesOf(file: string): Secret[] {
  const lines = readPrivate(file, 'passphrase').split(/\r?\n/);
  return lines.filter((line) => line !== '').map((passphrase) => ({ passphrase }));
}
