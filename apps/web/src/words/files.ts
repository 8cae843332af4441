/** Voice notes in words; where a file is, in a word or two. */
import type { FileView, MessageView } from '@tacet/api';
import { spokenTime } from '../voice/loudness.ts';

/** The line that stands for a voice note without words beside it (docs/spec/19-files.md, 2). */
const STANDS_FOR_IT = /^Voice note( \([^)]*\))?$/;

/** Null: the message is something else. */
export function voiceOf({ file }: MessageView): FileView | null {
  return file?.kind === 'voice' ? file : null;
}

/** What was written beside it. */
export function wordsBeside({ text }: MessageView): string {
  return STANDS_FOR_IT.test(text) ? '' : text;
}

/** "Voice note, 7 seconds": said in place of what is drawn. */
export function spokenNote(message: MessageView, file: FileView): string {
  const length = file.duration === null ? '' : `, ${spokenTime(file.duration)}`;
  const beside = wordsBeside(message);
  const state = canPlay(message, file) ? '' : `, ${fileWord(file)}`;
  return `Voice note${length}${state}${beside === '' ? '' : `: ${beside}`}`;
}

/** Own ones lie here until they are removed. */
export function canPlay({ direction }: MessageView, { state }: FileView): boolean {
  return state === 'here' || (direction === 'out' && state !== 'gone');
}

export function fileWord({ state, done, parts }: FileView): string {
  switch (state) {
    case 'writing':
    case 'wanted':
      return `${Math.floor((100 * done) / parts)} % here`;
    case 'offered':
      return 'not fetched yet';
    case 'written':
      return 'in the mailbox';
    case 'here':
      return 'complete';
    case 'declined':
      return 'declined';
    case 'withdrawn':
      return 'taken back by its sender';
    case 'lost':
      return 'lost on the way';
    case 'damaged':
      return 'not what was announced: thrown away';
    case 'gone':
      return 'gone';
  }
}
