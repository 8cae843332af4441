/** What makes contents take effect, wired together. */
import type { Millis } from '@tacet/base';
import { type LetterDeps, Letters } from '../letters/letters.ts';
import { Acts } from './acts.ts';
import { ReadReceipts } from './read-receipts.ts';
import { Reception, type ReceptionDeps } from './reception.ts';
import { Talk, type TalkDeps } from './talk.ts';

export interface ContentDeps
  extends Omit<ReceptionDeps, 'acts' | 'refuse'>,
    Omit<TalkDeps, 'acts' | 'reception'>,
    Omit<LetterDeps, 'events'> {
  /** Kept as a dead letter; nothing else comes of it. */
  readonly refuse: (contactId: number, data: Uint8Array, now: Millis) => void;
}

export interface ContentEffects {
  readonly readReceipts: ReadReceipts;
  readonly reception: Reception;
  readonly talk: Talk;
  readonly letters: Letters;
}

export function joinContent(deps: ContentDeps): ContentEffects {
  const { store, messages, conversations, refuse } = deps;
  const settings = (contactId: number) => conversations.table.of(contactId).settings;
  const acts = new Acts({
    store,
    events: messages.events,
    removal: messages.removal,
    obeys: (contactId) => settings(contactId).obeyDelete,
    refuse,
  });
  const reception = new Reception({ ...deps, acts });
  const readReceipts = new ReadReceipts({
    store,
    messages,
    tells: (contactId) => settings(contactId).readReceipts,
  });
  const talk = new Talk({ ...deps, acts, reception });
  return {
    readReceipts,
    reception,
    talk,
    letters: new Letters({ ...deps, events: messages.events }),
  };
}
