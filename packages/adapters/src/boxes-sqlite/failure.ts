/** Turns what SQLite and the file system throw into the errors of this store. */
import { AppError, isAppError } from '@tacet/base';
import type { Failure } from './protocol.ts';

/** Primary result codes of SQLite. */
const BUSY = 5;
const FULL = 13;
const NOT_A_DATABASE = 26;
const CORRUPT = 11;

export function failureOf(error: unknown): Failure {
  if (isAppError(error)) return failure(error.code, error.kind, error.message);
  switch (sqliteCode(error)) {
    case BUSY:
      return failure('boxes-in-use', 'state', 'another process uses this box store: stop it first');
    case FULL:
      return failure('boxes-full', 'storage', 'the disk is full: free space or move the box store');
    case NOT_A_DATABASE:
    case CORRUPT:
      return failure(
        'boxes-unreadable',
        'storage',
        'a file of the box store is damaged: move it away and start again',
      );
    default:
      return failure('boxes-failed', 'storage', 'the box store cannot be read or written');
  }
}

export function errorOf(failure: Failure): AppError {
  return new AppError(failure.code, failure.error, failure.message);
}

function failure(code: string, error: Failure['error'], message: string): Failure {
  return { kind: 'failed', code, error, message };
}

function sqliteCode(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return null;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : null;
}
