/**
 * Where a passphrase may come from: a terminal without echo, a file descriptor, a file only its
 * owner can read, or the keychain. Never an argument, never the environment.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { MAX_PASSPHRASE } from '@tacet/api';
import { AppError } from '@tacet/base';
import type { Context } from './context.ts';

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

/** A token that is given in a file; it must be its owner's alone. */
export function tokenFrom(path: string): string {
  const line = readPrivate(path, 'token').split('\n', 1)[0]?.trim() ?? '';
  if (line !== '') return line;
  throw new AppError('token-file', 'usage', 'the token file is empty');
}

function readPrivate(path: string, what: 'passphrase' | 'token'): string {
  const code = `${what}-file`;
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    throw new AppError(code, 'usage', `the ${what} file cannot be read`);
  }
  try {
    const stat = fstatSync(fd);
    const uid = process.getuid?.();
    if (!stat.isFile() || (uid !== undefined && (stat.uid !== uid || (stat.mode & 0o077) !== 0))) {
      const rule = `the ${what} file must be yours and readable by you only: chmod 600`;
      throw new AppError(code, 'usage', rule);
    }
    return readAll(fd);
  } finally {
    closeSync(fd);
  }
}

function readAll(fd: number): string {
  const buffer = Buffer.alloc(4 * MAX_PASSPHRASE + 2);
  let length = 0;
  try {
    while (length < buffer.length) {
      const n = readSync(fd, buffer, length, buffer.length - length, null);
      if (n === 0) break;
      length += n;
    }
    return buffer.toString('utf8', 0, length);
  } catch {
    throw new AppError('passphrase-file', 'usage', 'the passphrase cannot be read from there');
  } finally {
    buffer.fill(0);
  }
}

function firstLine(text: string): string {
  const line = text.split('\n', 1)[0]?.replace(/\r$/, '') ?? '';
  if (line === '') {
    throw new AppError('passphrase-needed', 'state', 'the passphrase is empty');
  }
  return line;
}
