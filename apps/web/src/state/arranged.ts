/** How conversations are arranged on this side (docs/spec/18-conversations.md): pins, archive, mute, settings. */
import { batch, signal } from '@preact/signals';
import type { ConversationView } from '@tacet/api';
import { call } from '../link/rpc.ts';
import { dropDraft, forgetDrafts, takeDraft } from './drafts.ts';

type Arranged = Pick<ConversationView, 'pinned' | 'archived' | 'mute' | 'settings'>;

/** By contact. One that is not here is as every conversation begins. */
export const arranged = signal<ReadonlyMap<string, Arranged>>(new Map());
/** Pinned ones, in the order of pinning. */
export const pins = signal<readonly string[]>([]);

export async function readArranged(): Promise<readonly ConversationView[]> {
  const [near, away] = await Promise.all([
    call('conversation.list', {}),
    call('conversation.list', { archived: true }),
  ]);
  return [...near.conversations, ...away.conversations];
}

/** @param all in the order of the daemon's list */
export function keepArranged(all: readonly ConversationView[]): void {
  batch(() => {
    arranged.value = new Map(all.map((one) => [one.id, one]));
    pins.value = all.filter(({ pinned }) => pinned).map(({ id }) => id);
    for (const one of all) takeDraft(one);
  });
}

export function keepOne(one: ConversationView): void {
  batch(() => {
    arranged.value = new Map([...arranged.value, [one.id, one]]);
    if (!one.pinned) pins.value = pins.value.filter((id) => id !== one.id);
    else if (!pins.value.includes(one.id)) pins.value = [...pins.value, one.id];
    takeDraft(one);
  });
}

export function dropArranged(id: string): void {
  batch(() => {
    arranged.value = new Map([...arranged.value].filter(([other]) => other !== id));
    pins.value = pins.value.filter((other) => other !== id);
    dropDraft(id);
  });
}

/** Every word of it leaves the page. */
export function clearArranged(): void {
  arranged.value = new Map();
  pins.value = [];
  forgetDrafts();
}

/** Muted for what does not mention this profile, or for that, too. */
export function isMuted(contactId: string, isMentioned: boolean, now: number): boolean {
  const mute = arranged.value.get(contactId)?.mute ?? null;
  if (mute === null || (mute.until !== null && mute.until <= now)) return false;
  return !(mute.mentions && isMentioned);
}
