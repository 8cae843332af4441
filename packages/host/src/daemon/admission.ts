/**
 * What a caller with a token may do (docs/spec/18-conversations.md, 6). Everything outside its
 * scopes and contacts is refused with one code, which says nothing of what is there.
 */
import { type MethodName, methods, REACH, type TokenView } from '@tacet/api';
import { AppError, isAppError, type Millis } from '@tacet/base';
import { originOf } from '@tacet/client';
import type { Caller } from './core.ts';
import { TOKEN_BURST, TOKEN_CALLS_PER_SECOND } from './limits.ts';
import type { Person } from './machine.ts';

export class Admission {
  private readonly buckets = new Map<string, { left: number; at: Millis }>();
  private readonly listeners = new Map<string, Set<() => void>>();

  /** The token's rights as they are now. Throws `token-invalid`. */
  grant(person: Person, id: string, now: Millis): TokenView {
    const grant = person.tokens.grant(id, now);
    if (grant === null) throw tokenInvalid();
    return grant;
  }

  /** Throws `token-rate`. */
  spend(id: string, now: Millis): void {
    const bucket = this.buckets.get(id) ?? { left: TOKEN_BURST, at: now };
    const earned = (Math.max(0, now - bucket.at) / 1_000) * TOKEN_CALLS_PER_SECOND;
    bucket.left = Math.min(TOKEN_BURST, bucket.left + earned);
    bucket.at = now;
    this.buckets.set(id, bucket);
    if (bucket.left < 1) {
      throw new AppError('token-rate', 'state', 'too many calls with this token; wait a moment');
    }
    bucket.left -= 1;
  }

  /** Called when a token is revoked. Returns the way to stop. */
  onEnd(id: string, listener: () => void): () => void {
    const all = this.listeners.get(id) ?? new Set();
    this.listeners.set(id, all);
    all.add(listener);
    return () => {
      all.delete(listener);
      if (all.size === 0) this.listeners.delete(id);
    };
  }

  revoked(id: string): void {
    this.buckets.delete(id);
    for (const listener of [...(this.listeners.get(id) ?? [])]) listener();
  }
}

/** Before anything of the call is checked. Throws `token-refused`. */
export function checkScope(
  method: MethodName,
  params: unknown,
  { scopes, contacts }: TokenView,
): void {
  const { about, shows } = REACH[method];
  const held: readonly string[] = scopes;
  const showing = shows === true || (shows !== undefined && valuesOf(params, shows).length > 0);
  const may = held.includes(methods[method].scope) && (!showing || held.includes('read'));
  if (!may || (about === 'all' && contacts !== null)) throw tokenRefused();
}

/**
 * Parameters with the contact they name put as its id, once it is one of the token's. Nobody of that
 * name, and somebody the token may not see, are one to it.
 */
export function checkContact<P extends Readonly<Record<string, unknown>>>(
  person: Person,
  method: MethodName,
  params: P,
  { contacts }: TokenView,
): P {
  const reach = REACH[method];
  if (contacts === null || !('param' in reach)) return params;
  const named = String(params[reach.param]);
  const id = idOf(() => {
    if (reach.about === 'letter') return person.letters.get(named).contactId;
    return reach.about === 'contact'
      ? person.conversations.get(named).id
      : person.message(named).contactId;
  });
  if (id === null || !contacts.includes(id)) throw tokenRefused();
  const beside = valuesOf({ ...params, [reach.param]: id }, 'contactId');
  if (!beside.every((one) => contacts.includes(String(one)))) throw tokenRefused();
  return reach.about === 'contact' ? { ...params, [reach.param]: id } : params;
}

/**
 * An answer about a contact of the token, without what it tells of others: whether somebody who is
 * mentioned is a contact here, and who vouched.
 */
export function withoutOthers(answer: unknown, contacts: readonly string[] | null): unknown {
  if (contacts === null || typeof answer !== 'object' || answer === null) return answer;
  if (Array.isArray(answer)) return answer.map((one) => withoutOthers(one, contacts));
  const shown = Object.entries(answer).map(([key, value]): [string, unknown] => [
    key,
    withoutOthers(value, contacts),
  ]);
  const isOther = (id: unknown): boolean => typeof id !== 'string' || !contacts.includes(id);
  const fields = new Map(shown);
  if (fields.get('who') === 'other' && isOther(fields.get('contactId')))
    fields.set('contactId', null);
  if (fields.has('byId') && isOther(fields.get('byId'))) {
    fields.set('by', null);
    fields.set('byId', null);
  }
  if (fields.has('introducedBy')) fields.set('introducedBy', null);
  return Object.fromEntries(fields);
}

/** What stands under this name, however deep: a text may mention somebody else. */
function valuesOf(value: unknown, name: string): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === name ? [item] : valuesOf(item, name),
  );
}

function idOf(look: () => string): string | null {
  try {
    return look();
  } catch (error) {
    if (isAppError(error) && error.kind === 'missing') return null;
    throw error;
  }
}

/** What belongs to one caller is kept under its own name: two bots never share a client id. */
export function apart<P extends Readonly<Record<string, unknown>>>(params: P, caller: Caller): P {
  const { token } = caller;
  const origin = token === undefined ? caller.kind : originOf(token.id);
  const { clientId, consumer } = params;
  return {
    ...params,
    ...(typeof clientId === 'string' ? { clientId: `${origin}/${clientId}` } : {}),
    // The owner's consumers are shared by all the owner's programs.
    ...(typeof consumer === 'string' && token !== undefined
      ? { consumer: `${origin}/${consumer}` }
      : {}),
  };
}

/** Whether what is about this contact may be shown. */
export function maySee({ token }: Caller, contactId: string): boolean {
  return token === undefined || token.contacts === null || token.contacts.includes(contactId);
}

export function tokenInvalid(): AppError {
  return new AppError('token-invalid', 'refused', 'that is no token of this profile any more');
}

export function tokenRefused(): AppError {
  return new AppError('token-refused', 'refused', 'this token does not allow that');
}
