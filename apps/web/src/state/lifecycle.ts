/** From the first paint to the lock and back: which screen stands, and what runs behind it. */

import { batch } from '@preact/signals';
import { isAppError } from '@tacet/base';
import { call, onSessionEnd } from '../link/rpc.ts';
import {
  forgetSession,
  knowDaemon,
  redeemTicket,
  reopenSession,
  restoreSession,
  sessionSecret,
  takeTicket,
  ticketIn,
  type UnlockSecret,
} from '../link/session.ts';
import { clearArranged } from './arranged.ts';
import { saveDrafts } from './drafts.ts';
import { startHeartbeat, stopHeartbeat } from './heartbeat.ts';
import { clear, daemon, notice, overtaken, phase } from './store.ts';
import { startSync, stopSync } from './sync.ts';

const RETRY = 2_000;
/** ms a lock waits for what was typed last. */
const LAST_WORDS = 500;

/** True when the session itself is gone and only the reopen secret is left. */
let shut = false;

export async function start(): Promise<void> {
  onSessionEnd(shutWindow);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') void saveDrafts();
  });
  const ticket = takeTicket();
  try {
    if (ticket !== null) await redeemTicket(ticket);
    else if (!restoreSession()) {
      phase.value = 'outside';
      return;
    }
    await look();
  } catch (error) {
    if (isAppError(error, 'window-session')) return;
    if (isAppError(error, 'window-unreachable')) {
      setTimeout(() => void lookAgain(), RETRY);
      return;
    }
    phase.value = 'outside';
    if (ticket !== null) notice.value = { text: 'That address was already used.', tone: 'bad' };
  }
}

/** From the screen "outside": an address pasted by hand. Throws `window-ticket`. */
export async function enter(address: string): Promise<void> {
  await redeemTicket(ticketIn(address) ?? 'x');
  shut = false;
  await look();
}

async function lookAgain(): Promise<void> {
  await look().catch((error: unknown) => {
    if (isAppError(error, 'window-unreachable')) setTimeout(() => void lookAgain(), RETRY);
  });
}

/** Asks the daemon how it is and shows the screen that fits. */
export async function look(): Promise<void> {
  const fresh = await call('status', {});
  daemon.value = fresh;
  switch (fresh.state) {
    case 'open':
      await startSync(shutWindow);
      startHeartbeat();
      overtaken.value = 0;
      phase.value = 'open';
      return;
    case 'locked':
    case 'window-locked':
    case 'full-locked':
      phase.value = 'locked';
      return;
    case 'none':
      phase.value = 'new';
      return;
    case 'failed':
      phase.value = 'failed';
      return;
  }
}

/** Throws the daemon's refusal: a wrong passphrase, a pause. */
export async function unlock(secret: UnlockSecret): Promise<void> {
  await knowDaemon();
  if (shut || sessionSecret() === null) await reopenSession(secret);
  else await call('profile.unlock', secret);
  shut = false;
  await look();
}

/** The first screen of all: a profile of one's own. Throws the daemon's refusal. */
export async function createProfile(name: string, secret: UnlockSecret): Promise<void> {
  await knowDaemon();
  await call('profile.create', { name, ...secret });
  await look();
}

/** @param full keys leave memory, too. The session ends before that: every word leaves the page first. */
export async function lock(full: boolean): Promise<void> {
  await Promise.race([saveDrafts(), new Promise((resolve) => setTimeout(resolve, LAST_WORDS))]);
  const locked = call('profile.lock', full ? { full } : {}).catch((error: unknown) => {
    if (!isAppError(error, 'window-session')) throw error;
  });
  if (full) shutWindow();
  await locked;
  shutWindow();
}

/** The session is over: every word leaves the page before anything else happens. */
function shutWindow(): void {
  stopSync();
  stopHeartbeat();
  shut = true;
  batch(() => {
    clear();
    clearArranged();
    phase.value = 'locked';
  });
}

/** This window cannot come back: forget its secrets and say what to do. */
export function giveUp(why: string): void {
  forgetSession();
  shut = false;
  notice.value = { text: why, tone: 'bad' };
  phase.value = 'outside';
}
