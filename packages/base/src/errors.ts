/**
 * The one error type of the project. Callers match `code` and `kind`, never text.
 * Text names no address, key, id, path or plaintext (docs/dev/logging.md).
 * Every code stands in docs/errors.md; `tools/check-docs` compares the two.
 */

/** What the caller can do about it. */
export type ErrorKind =
  | 'usage' // the call is wrong: mend it
  | 'input' // bytes from outside are not what they should be
  | 'state' // right call, wrong moment: locked, already used, not running
  | 'missing' // a thing by that name is not here
  | 'refused' // a rule or another party said no, for good
  | 'network' // may succeed later by itself
  | 'storage' // disk, database or keychain
  | 'bug'; // an invariant of ours does not hold

export class AppError extends Error {
  readonly code: string;
  readonly kind: ErrorKind;

  /** @param code stable, kebab-case; @param message one sentence that says what to do. */
  constructor(code: string, kind: ErrorKind, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'AppError';
    this.code = code;
    this.kind = kind;
  }

  is(code: string): boolean {
    return this.code === code;
  }
}

/** True when `error` is an AppError, and has that code if one is given. */
export function isAppError(error: unknown, code?: string): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}

/** An error as it goes from a thread to the one that started it. */
export interface Refusal {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly message: string;
}

export function refusalOf({ code, kind, message }: AppError): Refusal {
  return { code, kind, message };
}

export function errorOf({ code, kind, message }: Refusal): AppError {
  return new AppError(code, kind, message);
}

/** Marks a branch the types say cannot be reached. */
export function unreachable(value: never): never {
  throw new AppError('unreachable', 'bug', `unexpected variant ${typeof value}`);
}
