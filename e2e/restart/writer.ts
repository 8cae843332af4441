/**
 * Somebody who writes through everything: a text whose call ended without an answer is given to
 * the next daemon again, with the same id of the caller.
 */
import { isAppError } from '@tacet/base';
import type { DaemonProcess } from '../lib/daemon.ts';
import { sleep } from '../lib/program.ts';

const PAUSE = 50;

export interface Sent {
  readonly text: string;
  readonly id: string;
}

/** @param pause drawn before each text, ms */
export async function writeAll(
  daemon: DaemonProcess,
  contactId: string,
  texts: readonly string[],
  pause: () => number,
  signal: AbortSignal,
): Promise<Sent[]> {
  const sent: Sent[] = [];
  for (const text of texts) {
    await sleep(pause());
    sent.push({ text, id: await give(daemon, contactId, text, signal) });
  }
  return sent;
}

async function give(
  daemon: DaemonProcess,
  contactId: string,
  text: string,
  signal: AbortSignal,
): Promise<string> {
  for (;;) {
    signal.throwIfAborted();
    if (daemon.isOpen) {
      try {
        // Each text is its own id: there are no two alike.
        const { id } = await daemon.api.call('message.send', { contactId, text, clientId: text });
        return id;
      } catch (error) {
        if (!isDown(error)) throw error;
      }
    }
    await sleep(PAUSE);
  }
}

/** The daemon was killed under the call, or is not up yet. */
export function isDown(error: unknown): boolean {
  return isAppError(error, 'daemon-gone') || isAppError(error, 'locked');
}
