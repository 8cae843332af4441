/** Encoders refuse values that do not fit their field: an error of the caller, never of a peer. */
import { AppError } from '@tacet/base';

export function requireLength(bytes: Uint8Array, length: number, what: string): void {
  if (bytes.length !== length) throw wireRange(what);
}

export function requireInteger(value: number, max: number, what: string): void {
  if (!Number.isInteger(value) || value < 0 || value > max) throw wireRange(what);
}

export function wireRange(what: string): AppError {
  return new AppError('wire-range', 'bug', `${what} does not fit its field`);
}
