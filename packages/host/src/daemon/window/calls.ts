/** One JSON-RPC call of a window session: the table of methods, less what no window needs. */
import { decodeRequest, encodeError, encodeResult, idOf, isMethod } from '@tacet/api';
import { AppError, type Clock } from '@tacet/base';
import type { PassphraseGate } from '../gate.ts';
import { CONFIRMED_FOR } from './limits.ts';
import type { WindowCore } from './port.ts';
import type { Session } from './sessions.ts';

/** A page that was taken over could otherwise stop the daemon, open more windows, or destroy all. */
const withheld: ReadonlySet<string> = new Set([
  'daemon.stop',
  'window.open',
  'profile.wipe',
  'profile.salvage',
  'vault.add',
  'vault.duress',
]);

/**
 * What a page may ask for only after its person gave the passphrase anew (decision 0160): one that was taken over
 * could have all of the profile laid into a folder under a phrase of its own, or try which folders there are.
 */
const confirmed: Readonly<Record<string, readonly string[]>> = {
  'backup.set': ['phrase', 'folder'],
  'backup.test': ['folder'],
};

/** Calls that try a passphrase. */
const guesses: ReadonlySet<string> = new Set(['profile.unlock', 'profile.reseal']);

export interface CallContext {
  readonly core: WindowCore;
  readonly gate: PassphraseGate;
  readonly clock: Clock;
}

/** The answer's text, or null when the session ended meanwhile: then nothing may be shown. */
export async function answerCall(
  context: CallContext,
  session: Session,
  text: string,
): Promise<string | null> {
  let answer: string;
  try {
    const { id, method, params } = decodeRequest(text);
    answer = encodeResult(id, await invoke(context, session, method, params));
    // The lock ends its own session on purpose; its answer says nothing.
    if (method === 'profile.lock') return answer;
  } catch (error) {
    answer = encodeError(idOf(text), error);
  }
  return session.ended === null ? answer : null;
}

async function invoke(
  { core, gate, clock }: CallContext,
  session: Session,
  method: string,
  params: unknown,
): Promise<unknown> {
  if (!isMethod(method) || withheld.has(method)) {
    throw new AppError('method-unknown', 'usage', 'there is no such method for windows');
  }
  if (!session.beginCall()) {
    throw new AppError('too-many-calls', 'usage', 'too many calls are open in this window');
  }
  try {
    if (isConfirmed(method, params) && clock.now() >= session.confirmedUntil) {
      throw new AppError('window-unconfirmed', 'refused', 'say the passphrase anew for this');
    }
    const call = () => core.call(method, params, { kind: 'window', session: session.id });
    if (!guesses.has(method)) return await call();
    const answer = await gate.pass(() => clock.now(), call);
    if (method === 'profile.unlock' && has(params, 'passphrase')) {
      session.confirmedUntil = clock.now() + CONFIRMED_FOR;
    }
    return answer;
  } finally {
    session.endCall();
  }
}

function isConfirmed(method: string, params: unknown): boolean {
  return (confirmed[method] ?? []).some((name) => has(params, name));
}

function has(params: unknown, name: string): boolean {
  return typeof params === 'object' && params !== null && Object.hasOwn(params, name);
}
