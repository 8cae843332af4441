/**
 * The two secrets of this window. They live in sessionStorage: of this tab, of this origin, gone
 * with the tab. Never in a cookie, which every other program on localhost would be sent.
 */
import { RemoteError, type RpcError } from '@tacet/api';
import { AppError } from '@tacet/base';
import { post } from './http.ts';

interface Secrets {
  readonly session: string;
  readonly reopen: string;
}

export type UnlockSecret = { readonly passphrase: string } | { readonly keychain: true };

const KEY = 'tacet';
let secrets: Secrets | null = null;

export function sessionSecret(): string | null {
  return secrets?.session ?? null;
}

/** Takes the ticket out of the address, so that it stands neither in history nor on screen. */
export function takeTicket(): string | null {
  const ticket = ticketIn(location.hash);
  if (location.hash !== '') history.replaceState(null, '', '/');
  return ticket;
}

/** The ticket in an address as `tacet open` prints it, or in its fragment. */
export function ticketIn(text: string): string | null {
  return /#t=([A-Za-z0-9_-]{43})$/.exec(text.trim())?.[1] ?? null;
}

export function restoreSession(): boolean {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
    secrets = isSecrets(value) ? value : null;
  } catch {
    secrets = null;
  }
  return secrets !== null;
}

/** Throws `window-ticket` for a ticket that is used, too old or unknown. */
export async function redeemTicket(ticket: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const { status, response } = await post('/session', JSON.stringify({ ticket }));
    if (status === 200) return keep(await response.json());
    // Somebody else's wrong guesses may hold the door for a second.
    if (status !== 429 || attempt === 5) break;
    await new Promise((resolve) => setTimeout(resolve, 1_100));
  }
  throw new AppError('window-ticket', 'refused', 'That address was already used or is too old.');
}

/** After a lock: the profile's secret brings this window back. Throws the daemon's error. */
export async function reopenSession(secret: UnlockSecret): Promise<void> {
  const body = JSON.stringify({ reopen: secrets?.reopen ?? '', ...secret });
  const { status, response } = await post('/reopen', body);
  if (status !== 200) throw windowOver();
  const value: unknown = await response.json();
  const error = (value as { error?: RpcError }).error;
  if (error !== undefined) throw new RemoteError(error);
  keep(value);
}

export function forgetSession(): void {
  secrets = null;
  sessionStorage.removeItem(KEY);
}

export function windowOver(): AppError {
  return new AppError('window-reopen', 'state', 'This window is over. Open a new one: tacet open');
}

function keep(value: unknown): void {
  if (!isSecrets(value)) throw windowOver();
  secrets = { session: value.session, reopen: value.reopen };
  sessionStorage.setItem(KEY, JSON.stringify(secrets));
}

function isSecrets(value: unknown): value is Secrets {
  if (typeof value !== 'object' || value === null) return false;
  const { session, reopen } = value as Partial<Record<string, unknown>>;
  return typeof session === 'string' && typeof reopen === 'string';
}
