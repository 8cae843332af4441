/**
 * The two secrets of this window. They live in sessionStorage: of this tab, of this origin, gone
 * with the tab. Never in a cookie, which every other program on localhost would be sent.
 */
import { RemoteError, type RpcError } from '@tacet/api/page';
import { AppError, base64url, fromBase64url } from '@tacet/base';
import { post } from './http.ts';

interface Secrets {
  /** Public: names the session in lists and for the proof. */
  readonly id: string;
  readonly session: string;
  readonly reopen: string;
  /** Never sent. */
  readonly proof: string;
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
  throw new AppError('window-ticket', 'refused', 'that address was already used or is too old');
}

/**
 * Before a passphrase leaves the page: is this still the daemon that opened it? Another program
 * may have taken its port. Throws `window-stranger`.
 */
export async function knowDaemon(): Promise<void> {
  if (secrets === null) throw windowOver();
  const nonce = crypto.getRandomValues(new Uint8Array(32));
  const body = JSON.stringify({ id: secrets.id, nonce: base64url(nonce) });
  const { status, response } = await post('/prove', body);
  const answer: unknown = status === 200 ? await response.json().catch(() => null) : null;
  const proof = (answer as { proof?: unknown } | null)?.proof;
  const usage = { name: 'HMAC', hash: 'SHA-256' };
  const bytes = new Uint8Array(fromBase64url(secrets.proof));
  const key = await crypto.subtle.importKey('raw', bytes, usage, false, ['verify']);
  const isOurs =
    typeof proof === 'string' &&
    /^[A-Za-z0-9_-]{43}$/.test(proof) &&
    (await crypto.subtle.verify('HMAC', key, new Uint8Array(fromBase64url(proof)), nonce));
  if (isOurs) return;
  throw new AppError(
    'window-stranger',
    'refused',
    'this window no longer belongs to your Tacet. Close it and open a new one: tacet open',
  );
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

function windowOver(): AppError {
  return new AppError('window-reopen', 'state', 'this window is over. Open a new one: tacet open');
}

function keep(value: unknown): void {
  if (!isSecrets(value)) throw windowOver();
  const { id, session, reopen, proof } = value;
  secrets = { id, session, reopen, proof };
  sessionStorage.setItem(KEY, JSON.stringify(secrets));
}

function isSecrets(value: unknown): value is Secrets {
  if (typeof value !== 'object' || value === null) return false;
  const { id, session, reopen, proof } = value as Partial<Record<string, unknown>>;
  return [id, session, reopen, proof].every((entry) => typeof entry === 'string');
}
