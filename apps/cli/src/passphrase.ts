/**
 * Where a passphrase may come from: a terminal without echo, a file descriptor, a file only its
 * owner can read, or the keychain. Never an argument, never the environment.
 */
import { AppError } from '@tacet/base';
import type { Context } from './context.ts';
import { readAll, readPrivate } from './private-file.ts';

export type Secret = { readonly passphrase: string } | { readonly keychain: true };

/** Null when none of the ways was given and nobody can be asked. */
export async function secretFor(context: Context, fresh: boolean): Promise<Secret | null> {
  const fd = context.text('passphrase-fd');
  const file = context.text('passphrase-file');
  const keychain = context.flag('keychain');
  if ([fd !== undefined, file !== undefined, keychain].filter(Boolean).length > 1) {
    throw new AppError('usage', 'usage', 'give the passphrase in one way only');
  }
  if (keychain) return { keychain: true };
  if (fd !== undefined) {
    if (!/^\d{1,4}$/.test(fd)) {
      throw new AppError('usage', 'usage', '--passphrase-fd takes the number of a descriptor');
    }
    return { passphrase: firstLine(readAll(Number(fd))) };
  }
  if (file !== undefined) return { passphrase: fromFile(file) };
  if (!context.terminal.inIsTty) return null;
  const passphrase = await context.terminal.askSecret('Passphrase: ');
  if (fresh && (await context.terminal.askSecret('Once more: ')) !== passphrase) {
    throw new AppError('usage', 'usage', 'the two passphrases differ; nothing was made');
  }
  return { passphrase };
}

/** As above, but having none is `passphrase-needed`. */
export async function needSecret(context: Context, fresh: boolean): Promise<Secret> {
  const secret = await secretFor(context, fresh);
  if (secret !== null) return secret;
  throw new AppError(
    'passphrase-needed',
    'state',
    'a passphrase is needed: use a terminal, --passphrase-fd, --passphrase-file or --keychain',
  );
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
