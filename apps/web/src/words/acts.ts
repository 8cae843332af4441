/** Words for what was done to a message: answered, reacted to, edited, deleted. */
import type { MessageView } from '@tacet/api';
import { safeName, safeText, snippet } from './safe.ts';
import { PLAIN, stateWord } from './states.ts';
import { exactTime, span } from './time.ts';

type Reply = NonNullable<MessageView['replyTo']>;
export type Reaction = MessageView['reactions'][number];

/** Whose words are quoted. */
export function quotedWho({ direction }: Reply, name: string): string {
  return direction === 'out' ? 'You' : safeName(name);
}

/** What is quoted, and a word where nobody here can say that it was ever written. */
export function quotedWords({ excerpt, proof }: Reply): { text: string; doubt: string | null } {
  switch (proof) {
    case 'verified':
      return { text: snippet(excerpt), doubt: null };
    case 'differs':
      return { text: snippet(excerpt), doubt: 'that message does not say this' };
    case 'unknown':
      return { text: snippet(excerpt), doubt: 'that message is not here' };
    case 'gone':
      return { text: 'A message that is gone', doubt: null };
  }
}

/** One line in place of a text that was deleted; null where it still stands. */
export function deletedLine(view: MessageView, name: string): string | null {
  if (view.deletion === null || view.deletion.kept) return null;
  if (view.direction === 'in') return `${safeName(name)} deleted this message.`;
  const { state } = view.deletion;
  if (state === 'delivered' || state === 'read') {
    return `You deleted this message. The device of ${safeName(name)} confirmed it.`;
  }
  return `You deleted this message. The device of ${safeName(name)} is being asked to.`;
}

/** Beside a text that is kept although its writer asked for it to be deleted. */
export function keptLine(view: MessageView, name: string): string | null {
  if (view.deletion?.kept !== true) return null;
  return `${safeName(name)} asked to delete this; your setting keeps it.`;
}

/** In the corner of a message that disappears: for how long it stays, or until when. */
export function disappearing({ lifetime, expiresAt }: MessageView): string {
  if (expiresAt !== null) return `gone ${exactTime(expiresAt)}`;
  return lifetime === null ? '' : `stays ${span(lifetime * 1_000)}`;
}

/** "You: 👍 (in the mailbox). Bob: ❤️." */
export function spokenReactions(reactions: readonly Reaction[], name: string): string {
  return reactions.map((one) => `${whoReacted(one, name)}: ${safeText(one.emoji)}.`).join(' ');
}

export function reactionTitle(reaction: Reaction, name: string): string {
  const who = whoReacted(reaction, name);
  if (reaction.direction === 'in' || isThere(reaction)) return who;
  return `${who}. ${stateWord({ ...PLAIN, state: reaction.state })}`;
}

function whoReacted({ direction }: Reaction, name: string): string {
  return direction === 'out' ? 'You' : safeName(name);
}

/** It reached the other side. */
export function isThere({ state }: Reaction): boolean {
  return state === 'delivered' || state === 'read' || state === 'received';
}
