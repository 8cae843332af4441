/** Events handed over as they come, to a program inside the daemon's own process. */
import type { Caller, DaemonCore } from './core.ts';

export type EventListener = Parameters<DaemonCore['events']['subscribe']>[1];
type Page = { readonly events: Parameters<EventListener>[0]; readonly cursor: number };

/** Ends by itself when the profile locks. Returns the way to stop. */
export function subscribe(
  core: Pick<DaemonCore, 'call'>,
  cursor: number,
  listener: EventListener,
): () => void {
  const stop = new AbortController();
  const caller: Caller = { kind: 'inside', signal: stop.signal };
  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const params = { cursor, max: 500, waitMs: 60_000 };
      const page = (await core.call('events.read', params, caller)) as Page;
      if (page.events.length > 0 && !stop.signal.aborted) listener(page.events);
      cursor = page.cursor;
    }
  };
  run().catch(() => stop.abort());
  return () => stop.abort();
}
