/** Errors of sessions. libsignal's own text never travels: it may name addresses. */
import { type ErrorCode, LibSignalErrorBase } from '@signalapp/libsignal-client';
import { AppError } from '@tacet/base';

export function undecryptable(cause?: unknown): AppError {
  return new AppError(
    'session-undecryptable',
    'input',
    'the message cannot be decrypted with the keys of this session',
    { cause },
  );
}

export function missing(): AppError {
  return new AppError('session-missing', 'missing', 'there is no session with this contact');
}

/** libsignal gives a session up when the peer has not answered its first message for 30 days. */
export function expired(cause: unknown): AppError {
  return new AppError(
    'session-expired',
    'state',
    'the contact has not answered for thirty days; meet again with a new invitation',
    { cause },
  );
}

export function identityChanged(cause?: unknown): AppError {
  return new AppError(
    'session-identity-changed',
    'refused',
    'the identity key is not the one known for this contact; nothing was accepted',
    { cause },
  );
}

export function duplicate(cause: unknown): AppError {
  return new AppError('session-duplicate', 'state', 'the message was decrypted before', { cause });
}

export function isCode(error: unknown, code: ErrorCode): boolean {
  return error instanceof LibSignalErrorBase && error.code === code;
}
