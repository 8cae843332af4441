/**
 * The one line that stands for a content where its type is not known (docs/spec/14-content.md, 6).
 * Here lines are made from what a content is; what a contact claims in its own is never believed
 * for a type this version knows.
 */
import { DAY, HOUR, MINUTE, SECOND } from '@tacet/base';
import { MAX_EXCERPT_BYTES, MAX_SHOWN_BYTES } from '../limits.ts';
import { cutText } from './cbor.ts';
import type { UnknownContent } from './content.ts';

const NEWER = 'A newer version of Tacet is needed to show this.';

export function unknownLine(content: UnknownContent): string {
  const { shown = '' } = content;
  return shown === '' ? NEWER : shown;
}

export function reactionLine(emoji: string): string {
  return emoji === '' ? 'Took a reaction back.' : `Reacted: ${emoji}`;
}

export function editLine(text: string): string {
  return cutText(`Edited: ${text}`, MAX_SHOWN_BYTES);
}

export const DELETE_LINE = 'Asked to delete a message.';
export const CARD_LINE = 'A contact card.';

export function timerLine(seconds: number): string {
  if (seconds === 0) return 'New messages no longer disappear.';
  return `New messages disappear ${durationWords(seconds)} after they are read.`;
}

export function profileLine(name: string): string {
  return `Goes by the name of ${name} from now on.`;
}

/** What a quote says of the text it answers: its beginning. */
export function excerptOf(text: string): string {
  return cutText(text, MAX_EXCERPT_BYTES);
}

const UNITS = [
  [(7 * DAY) / SECOND, 'week'],
  [DAY / SECOND, 'day'],
  [HOUR / SECOND, 'hour'],
  [MINUTE / SECOND, 'minute'],
  [1, 'second'],
] as const;

/** The largest unit that divides it: 90 -> 90 seconds, 120 -> 2 minutes. */
export function durationWords(seconds: number): string {
  const [size, word] = UNITS.find(([unit]) => seconds % unit === 0) ?? [1, 'second'];
  const count = seconds / size;
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
