/**
 * Packet keys of one relay of a test network, for one thread: every epoch's, for ever. A relay's
 * host keeps them in threads that end with their epoch; what is accepted when is the same.
 */
import type { EpochKeys } from '@tacet/onion';
import { EpochViewer, type ViewerOptions } from '@tacet/relay';
import type { TestRelay } from './network.ts';

export function epochKeys(relay: TestRelay, options: Omit<ViewerOptions, 'self'>): EpochKeys {
  const viewer = new EpochViewer({ ...options, self: relay.hash });
  return {
    lookup(epoch, now) {
      const view = viewer.lookup(epoch, now);
      return view === null ? null : { ...view, secret: relay.kem(epoch) };
    },
  };
}
