/** What leaves only as it was made anew: pictures and voice notes (docs/spec/19-files.md, 7 and 9). */
import { AppError } from '@tacet/base';
import type { FileFacts } from './facts.ts';
import type { MadeFacts, Uploads } from './uploads.ts';

const PEAKS = { least: 64, most: 100 };

/**
 * Whatever the program is that sends it: a picture shows nothing but what is seen, a voice note what is
 * heard. Null: a file, as it is. Throws `picture-as-it-is`, `voice-as-it-is`, `voice-peaks`, `upload-unknown`.
 */
export function madeOf(
  { upload, facts }: { upload: number; facts: Pick<FileFacts, 'kind' | 'peaks'> },
  uploads: Uploads,
): MadeFacts | null {
  const { kind, peaks } = facts;
  const { length } = peaks ?? { length: PEAKS.least };
  if ((peaks !== undefined && kind !== 'voice') || length < PEAKS.least || length > PEAKS.most) {
    throw new AppError('voice-peaks', 'usage', 'a voice note has 64 to 100 peaks, or none');
  }
  if (kind === 'file') return null;
  const made = uploads.made(upload);
  if (made?.kind === kind) return made;
  throw kind === 'picture'
    ? asItIs('picture-as-it-is', 'a picture is made anew before it is sent')
    : asItIs('voice-as-it-is', 'a voice note is written anew before it is sent');
}

function asItIs(code: string, what: string): AppError {
  return new AppError(code, 'usage', `${what}, or goes as a file, as it is`);
}
