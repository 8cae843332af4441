/** Waits for something in the daemon by its event log: no polling, nothing missed. */
import type { Api } from '@tacet/api';

/**
 * Calls `look` until it answers something but null, or `timeoutMs` passed (null). The log's
 * place is taken before the first look, so an event between the two is never lost.
 */
export async function waitFor<T>(
  api: Api,
  timeoutMs: number,
  look: () => Promise<T | null>,
): Promise<T | null> {
  const end = performance.now() + timeoutMs;
  let { newest: cursor } = await api.call('events.position', {});
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    const left = Math.ceil(end - performance.now());
    if (left <= 0) return null;
    const waitMs = Math.min(left, 30_000);
    ({ cursor } = await api.call('events.read', { cursor, max: 100, waitMs }));
  }
}
