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
  const fd = context.text(`${which}passphrase-fd`);
  const file = context.text(`${which}passphrase-file`);
  const keychain = context.flag(`${which}keychain`);
  if ([fd !== undefined, file !== undefined, keychain].filter(Boolean).length > 1) {
    throw new AppError('usage', 'usage', 'give the passphrase in one way only');
  }
  if (keychain) return { keychain: true };
  if (fd !== undefined) {
    return { passphrase: firstLine(readDescriptor(fd, `${which}passphrase-fd`)) };
  }
  if (file !== undefined) return { passphrase: fromFile(file) };
  if (!context.terminal.inIsTty) return null;
  const question = which === '' ? 'Passphrase: ' : 'New passphrase: ';
  const passphrase = await context.terminal.askSecret(question);
  if (fresh && (await context.terminal.askSecret('Once more: ')) !== passphrase) {
    throw new AppError('usage', 'usage', 'the two passphrases differ; nothing was done');
  }
  return { passphrase };
}

/** As above, but having none is `passphrase-needed`. */
export async function needSecret(
  context: Context,
  fresh: boolean,
  which: Which = '',
): Promise<Secret> {
  const secret = await secretFor(context, fresh, which);
  if (secret !== null) return secret;
  const ways = `--${which}passphrase-fd, --${which}passphrase-file or --${which}keychain`;
  const message = `a ${which === '' ? '' : 'new '}passphrase is needed: use a terminal, ${ways}`;
  throw new AppError('passphrase-needed', 'state', message);
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
