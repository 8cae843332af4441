/** Errors of this package: wrong lengths are bugs of the caller, bad keys are bad input. */
import { AppError } from '@tacet/base';

export function requireLength(bytes: Uint8Array, length: number, what: string): void {
  if (bytes.length !== length) {
    throw new AppError('crypto-length', 'bug', `${what} must have ${length} bytes`);
  }
}

export function badKey(what: string): AppError {
  return new AppError('crypto-key', 'input', `${what} is not a valid key`);
}
