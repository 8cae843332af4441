/**
 * Where a passphrase may come from: a terminal without echo, a file descriptor, a file only its
 * owner can read, or the keychain. Never an argument, never the environment.
 */
import { AppError } from '@tacet/base';
import type { Context } from './context.ts';
import { readDescriptor, readPrivate } from './private-file.ts';

export type Secret = { readonly passphrase: string } | { readonly keychain: true };

/** Which options say where it comes from: of the secret that opens, or of the one that will. */
type Which = '' | 'new-';

/** Null when none of the ways was given and nobody can be asked. */
export async function secretFor(
  context: Context,
  fresh: boolean,
  which: Which = '',
): Promise<Secret | null> {
  const keychain = context.flag(`${which}keychain`);
  const passphrase = await passphraseFor(context, fresh, which, keychain);
  if (keychain) return { keychain };
  return passphrase === null ? null : { passphrase };
}

/** As above, but having none is `passphrase-needed`. */
export async function needSecret(
  context: Context,
  fresh: boolean,
  which: Which = '',
): Promise<Secret> {
  const secret = await secretFor(context, fresh, which);
  if (secret !== null) return secret;
  throw needed(which, `--${which}passphrase-fd, --${which}passphrase-file or --${which}keychain`);
}

/** The same of what no keychain can open. */
export async function needNewPassphrase(context: Context): Promise<string> {
  const passphrase = await passphraseFor(context, true, 'new-', false);
  if (passphrase !== null) return passphrase;
  throw needed('new-', '--new-passphrase-fd or --new-passphrase-file');
}

/** @param elsewhere the secret is not a passphrase: nobody is asked, and no other way may be given */
async function passphraseFor(
  context: Context,
  fresh: boolean,
  which: Which,
  elsewhere: boolean,
): Promise<string | null> {
  const fd = context.text(`${which}passphrase-fd`);
  const file = context.text(`${which}passphrase-file`);
  if ([fd !== undefined, file !== undefined, elsewhere].filter(Boolean).length > 1) {
    throw new AppError('usage', 'usage', 'give the passphrase in one way only');
  }
  if (fd !== undefined) return firstLine(readDescriptor(fd, `${which}passphrase-fd`));
  if (file !== undefined) return fromFile(file);
  if (elsewhere || !context.terminal.inIsTty) return null;
  const question = which === '' ? 'Passphrase: ' : 'New passphrase: ';
  const passphrase = await context.terminal.askSecret(question);
  if (fresh && (await context.terminal.askSecret('Once more: ')) !== passphrase) {
    throw new AppError('usage', 'usage', 'the two passphrases differ; nothing was done');
  }
  return passphrase;
}

function needed(which: Which, ways: string): AppError {
  const message = `a ${which === '' ? '' : 'new '}passphrase is needed: use a terminal, ${ways}`;
  return new AppError('passphrase-needed', 'state', message);
}

function fromFile(path: string): string {
  return firstLine(readPrivate(path, 'passphrase'));
}

function firstLine(text: string): string {
  const line = text.split('\n', 1)[0]?.replace(/\r$/, '') ?? '';
  if (line === '') {
    throw new AppError('passphrase-needed', 'state', 'the passphrase is empty');
  }
  return line;
}
