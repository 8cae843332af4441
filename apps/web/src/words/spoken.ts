/** What a screen reader says: one sentence for a row, one line for a new message. */
import type { MessageView } from '@tacet/api';
import { deletedLine, spokenReactions } from './acts.ts';
import { spokenFile, spokenNote } from './files.ts';
import { safeName, safeText, snippet } from './safe.ts';
import { lateArrival, stateWord, warningWord } from './states.ts';
import { clockTime, dayName, span } from './time.ts';

/** "Bob: text. Today 18:55. Delivered 18:56." */
export function spokenRow(message: MessageView, name: string, now: number): string {
  const who = message.direction === 'out' ? 'You' : safeName(name);
  const when = `${dayName(message.sentAt, now)} ${clockTime(message.sentAt)}`;
  const late = lateArrival(message);
  const state = message.direction === 'out' ? ` ${stateWord(message)}.` : '';
  const warning = warningWord(message);
  const reactions = spokenReactions(message.reactions, name);
  return [
    `${who}${answering(message, name)}: ${safeText(said(message, name))}. ${when}.`,
    message.editedAt === null || message.deletion !== null ? '' : ' Edited.',
    late === null ? '' : ` Arrived ${span(late)} late.`,
    state,
    warning === null ? '' : ` ${warning}.`,
    reactions === '' ? '' : ` ${reactions}`,
  ].join('');
}

/** ", in reply to Bob" */
function answering({ replyTo, deletion }: MessageView, name: string): string {
  if (replyTo === null || deletion !== null) return '';
  return `, in reply to ${replyTo.direction === 'out' ? 'yourself' : safeName(name)}`;
}

function said(message: MessageView, name: string): string {
  const deleted = deletedLine(message, name);
  if (deleted !== null) return deleted.replace(/\.$/u, '');
  const { file } = message;
  if (file === null) return message.text;
  return file.kind === 'voice' ? spokenNote(message, file) : spokenFile(message, file);
}

/** For the hidden log: the text only where it is on the screen anyway. */
export function spokenLine(message: MessageView, name: string, openId: string | undefined): string {
  return message.contactId === openId
    ? `${safeName(name)}: ${snippet(said(message, name))}`
    : `New message from ${safeName(name)}`;
}
