/** What one method of the table is (docs/spec/11-api.md 4), and the shapes methods share. */
import * as v from 'valibot';
import { MAX_ID, MAX_LINK, MAX_NAME, MAX_PASSPHRASE } from './limits.ts';

/**
 * What a caller must be allowed to do. `read` sees, `send` writes messages, `contacts` meets
 * people, `admin` does the rest; `owner` is never given to a token.
 */
export type Scope = 'read' | 'send' | 'contacts' | 'admin' | 'owner';

export const id = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_ID));
export const name = v.pipe(v.string(), v.maxLength(MAX_NAME));
export const word = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9._-]{0,63}$/));
export const link = v.pipe(v.string(), v.maxLength(MAX_LINK));
export const passphrase = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_PASSPHRASE));
export const natural = v.pipe(v.number(), v.integer(), v.minValue(0));
export const upTo = (low: number, high: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(low), v.maxValue(high));
export const nothing = v.strictObject({});
export const done = v.object({});

export type Shape = v.GenericSchema<unknown, unknown>;

export interface Method<P extends Shape, R extends Shape> {
  readonly params: P;
  readonly result: R;
  /** Answered `locked` unless the profile is open and its windows are not locked. */
  readonly unlocked: boolean;
  readonly scope: Scope;
}

export function method<P extends Shape, R extends Shape>(
  params: P,
  result: R,
  scope: Scope,
  unlocked = true,
): Method<P, R> {
  return { params, result, unlocked, scope };
}

/** For `unlocked`: allowed in every state. */
export const always = false;
