/** How fast texts that came all at once are decrypted, saved and told to a window. */
import { SECOND } from '@tacet/base';
import type { DaemonProcess } from '@tacet/e2e/lib';
import { encryptTexts, putWaiting, withProfile } from './fill.ts';

const PATIENCE = 60 * SECOND;
/** Between two looks at how many are unread. */
const LOOK = SECOND / 4;

interface Burst {
  /** Both stopped; they have met and written to each other. */
  readonly alice: DaemonProcess;
  readonly bob: DaemonProcess;
  /** What their keychains keep. */
  readonly secrets: { readonly alice: Uint8Array; readonly bob: Uint8Array };
  readonly count: number;
}

export interface Shown {
  /** Texts a second. */
  readonly perSecond: number;
  /** Since the daemon started: slots, those without a frame, and the latest frame, in ms. */
  readonly slots: number;
  readonly missed: number;
  readonly lateMax: number;
}

/**
 * From the opened profile until the last one's event and the newest page of the conversation have
 * come over the socket. The boxes were read before: their parts wait in the store.
 */
export async function burst({ alice, bob, secrets, count }: Burst): Promise<Shown> {
  const texts = await withProfile(bob.profile, secrets.bob, (store) =>
    encryptTexts(store, alice.name, count),
  );
  await withProfile(alice.profile, secrets.alice, (store) => putWaiting(store, bob.name, texts));
  await alice.start();
  const start = performance.now();
  const { id: contactId } = await alice.api.call('contact.get', { contact: bob.name });
  const seen = new Set<string>();
  let looked = start;
  let { newest: cursor } = await alice.api.call('events.position', {});
  for (;;) {
    if (performance.now() - start > PATIENCE) throw new Error(`${seen.size} of ${count} came`);
    const page = await alice.api.call('events.read', { cursor, max: 500, waitMs: 1_000 });
    cursor = page.cursor;
    for (const { kind, subject } of page.events) if (kind === 'message') seen.add(subject);
    // Events of before the first look are missing: asked once in a while, not after every page.
    if (seen.size < count && performance.now() - looked < LOOK) continue;
    looked = performance.now();
    const { unread } = await alice.api.call('contact.get', { contact: bob.name });
    if (unread >= count) break;
  }
  const { messages } = await alice.api.call('message.list', { contactId, limit: 200 });
  if (messages.length < 200) throw new Error('texts are missing');
  const perSecond = count / ((performance.now() - start) / SECOND);
  const { lateness } = (await alice.api.call('status', {})).debug;
  const { slots, missed, max: lateMax } = lateness;
  return { perSecond, slots, missed, lateMax };
}
