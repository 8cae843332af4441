/** Voice notes in words; where a file is, in a word or two. */
import type { FileView, MessageView } from '@tacet/api';
import { spokenTime } from '../voice/loudness.ts';
import { safeName } from './safe.ts';
import { bytes } from './size.ts';

/** The line that stands for a file without words beside it (docs/spec/19-files.md, 2). */
const STANDS_FOR_IT = /^(Voice note|(File|Picture): .*?)( \([^()]*\))?$/s;

/** What was written beside it. */
export function wordsBeside({ text, file }: MessageView): string {
  return file !== null && standsFor(text, file) ? '' : text;
}

/** A person may write such words, too, but hardly with this name. */
function standsFor(text: string, file: FileView): boolean {
  return STANDS_FOR_IT.test(text) && (file.kind === 'voice' || text.includes(`: ${file.name} (`));
}

/** "Voice note, 7 seconds": said in place of what is drawn. */
export function spokenNote(message: MessageView, file: FileView): string {
  const length = file.duration === null ? '' : `, ${spokenTime(file.duration)}`;
  const beside = wordsBeside(message);
  const state = canPlay(message, file) ? '' : `, ${fileWord(file)}`;
  return `Voice note${length}${state}${beside === '' ? '' : `: ${beside}`}`;
}

/** "File notes.pdf, 24 kB, complete" */
export function spokenFile(message: MessageView, file: FileView): string {
  const beside = wordsBeside(message);
  const what = file.kind === 'picture' ? 'Picture' : `File ${safeName(file.name)}`;
  const words = beside === '' ? '' : `: ${beside}`;
  return `${what}, ${bytes(file.size)}, ${fileWord(file)}${words}`;
}

/** Own ones lie here until they are removed. */
export function canPlay({ direction }: MessageView, { state }: FileView): boolean {
  return state === 'here' || (direction === 'out' && state !== 'gone');
}

export function fileWord({ state, done, parts }: FileView): string {
  switch (state) {
    case 'writing':
      return `${Math.floor((100 * done) / parts)} % in the mailbox`;
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
