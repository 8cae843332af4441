/** The state of a message in a word or two. Each word names the evidence behind it. */
import type { MessageView } from '@tacet/api';
import { sentenceOfCode } from './errors.ts';
import { clockTime } from './time.ts';

export type MarkName =
  | 'queued'
  | 'sending'
  | 'stored'
  | 'stored-twice'
  | 'delivered'
  | 'unconfirmed'
  | 'failed';

/** Null for messages of the other side. */
export function markOf(message: MessageView): MarkName | null {
  if (message.direction === 'in' || message.state === 'received') return null;
  if (message.state === 'stored') return message.copies > 1 ? 'stored-twice' : 'stored';
  return message.state === 'read' ? 'delivered' : message.state;
}

type Stated = Pick<
  MessageView,
  'state' | 'parts' | 'partsSent' | 'copies' | 'deliveredAt' | 'readAt'
>;

/** Of an act upon a message, which has no parts or times of its own. */
export const PLAIN = {
  parts: 1,
  partsSent: 0,
  copies: 0,
  deliveredAt: null,
  readAt: null,
} as const;

/** The whole word, as shown under the newest message and read out by screen readers. */
export function stateWord(message: Stated): string {
  switch (message.state) {
    case 'queued':
      return 'Waiting on this device';
    case 'sending':
      return message.parts > 1
        ? `Sending, ${message.partsSent} of ${message.parts} parts`
        : 'Sending';
    case 'stored':
      return message.copies > 1 ? 'In the mailbox, 2 copies' : 'In the mailbox';
    case 'delivered':
      return message.deliveredAt === null
        ? 'Delivered'
        : `Delivered ${clockTime(message.deliveredAt)}`;
    case 'read':
      return message.readAt === null ? 'Read' : `Read ${clockTime(message.readAt)}`;
    case 'unconfirmed':
      return 'Unconfirmed';
    case 'failed':
      return 'Not sent';
    case 'received':
      return 'Received';
  }
}

/** What stands beside the mark when a word is due: lateness and failure, else nothing. */
export function warningWord(message: MessageView): string | null {
  if (message.direction === 'in') return null;
  if (message.state === 'failed') return failureSentence(message);
  if (message.state === 'unconfirmed') return 'may or may not have arrived';
  return message.late && message.state !== 'delivered' && message.state !== 'read'
    ? 'slower than usual'
    : null;
}

export function failureSentence(message: MessageView): string {
  return sentenceOfCode(message.reason ?? '') ?? 'It was refused and will not be tried again.';
}

/** Received much later than it was sent. */
export function lateArrival(message: MessageView): number | null {
  if (message.direction === 'out' || message.arrivedAt === null) return null;
  const delay = message.arrivedAt - message.sentAt;
  return delay >= 5 * 60_000 ? delay : null;
}
