/** Counting texts at both ends of a conversation: lost, twice, from nobody; and waiting for them. */
import { allMessages, type DaemonProcess } from './daemon.ts';
import { sleep } from './program.ts';

export async function received(daemon: DaemonProcess, contactId: string): Promise<string[]> {
  const messages = await allMessages(daemon, contactId);
  return messages.filter(({ direction }) => direction === 'in').map(({ text }) => text);
}

/** From the call to *delivered*, ms, of everything this person sent and had confirmed. */
export async function deliveryTimes(daemon: DaemonProcess, contactId: string): Promise<number[]> {
  return (await allMessages(daemon, contactId)).flatMap(({ direction, sentAt, deliveredAt }) =>
    direction === 'out' && deliveredAt !== null ? [deliveredAt - sentAt] : [],
  );
}

export function missing(from: readonly string[], there: readonly string[]): string[] {
  const known = new Set(there);
  return from.filter((text) => !known.has(text));
}

export function repeated(texts: readonly string[]): string[] {
  const seen = new Set<string>();
  return texts.filter((text) => seen.size === seen.add(text).size);
}

/** Ids that are not delivered when `ms` are up or the daemon has ended. */
export async function undelivered(
  daemon: DaemonProcess,
  ids: readonly string[],
  ms: number,
  pauseMs = 200,
): Promise<string[]> {
  const open = new Set(ids);
  const end = performance.now() + ms;
  while (open.size > 0 && performance.now() < end && !daemon.crashed) {
    for (const id of open) {
      const { state } = await daemon.api.call('message.get', { id });
      if (state === 'delivered') open.delete(id);
    }
    if (open.size > 0) await sleep(pauseMs);
  }
  return [...open];
}
