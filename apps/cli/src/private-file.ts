/** Files with a secret: a passphrase or a token. Only their owner may be able to read them. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { MAX_PASSPHRASE } from '@tacet/api';
import { AppError } from '@tacet/base';

/** A token that is given in a file; it must be its owner's alone. */
export function tokenFrom(path: string): string {
  const line = readPrivate(path, 'token').split('\n', 1)[0]?.trim() ?? '';
  if (line !== '') return line;
  throw new AppError('token-file', 'usage', 'the token file is empty');
}

/** Throws the code of what it is: `passphrase-file`, `token-file`, `recovery-phrase-file`. */
export function readPrivate(
  path: string,
  what: 'passphrase' | 'token' | 'recovery-phrase',
): string {
  const code = `${what}-file`;
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    throw new AppError(code, 'usage', `the ${what.replace('-', ' ')} file cannot be read`);
  }
  try {
    const stat = fstatSync(fd);
    const uid = process.getuid?.();
    if (!stat.isFile() || (uid !== undefined && (stat.uid !== uid || (stat.mode & 0o077) !== 0))) {
      const rule = `the ${what.replace('-', ' ')} file must be yours and readable by you only: chmod 600`;
      throw new AppError(code, 'usage', rule);
    }
    return readAll(fd);
  } finally {
    closeSync(fd);
  }
}

/** @param option its name, that took the number. Throws `usage`. */
export function readDescriptor(number: string, option: string): string {
  if (/^\d{1,4}$/.test(number)) return readAll(Number(number));
  throw new AppError('usage', 'usage', `--${option} takes the number of a descriptor`);
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
