/**
 * Voice notes (docs/spec/19-files.md, 9): what a recorder wrote is read back from its cells, and brought in
 * again as what will be sent; what somebody sent is seen to be one before a window gets it.
 */
import { AppError, base64url, concat } from '@tacet/base';
import { LARGE_VOICE, MAX_RECORDING_BYTES, VOICE, VOICE_ROOM } from '../limits.ts';
import type { Scene } from '../scene.ts';
import { readBlocks, readUpload, replaceUpload, type Surroundings } from './remade.ts';

/** Not before somebody speaks or listens: at a start nobody does. */
const notes = () => import('@tacet/client/voice');

/** Throws `voice-long`, `voice-rate`, `voice-unreadable`; the upload stays as it was then. */
export async function remakeVoice(
  around: Surroundings,
  upload: number,
  large: boolean,
): Promise<{ upload: number; size: number; duration: number }> {
  const { turn, uploads } = around;
  if ((await turn(() => uploads.sizeOf(upload))) > MAX_RECORDING_BYTES) {
    throw new AppError('voice-long', 'refused', 'this recording has more than 1 MiB');
  }
  const recorded = concat(...(await readUpload(around, upload)));
  const budget = large ? LARGE_VOICE : VOICE;
  const { makeNote, VOICE_MEDIA_TYPE } = await notes();
  const { bytes, duration } = await turn(() => makeNote(recorded, budget), VOICE_ROOM);
  const facts = { kind: 'voice', mediaType: VOICE_MEDIA_TYPE, duration } as const;
  const fresh = await replaceUpload(around, upload, bytes, facts);
  return { upload: fresh, size: bytes.length, duration };
}

/** Throws as `Files.voice`, and `voice-unreadable` for any other bytes, or another duration, than it says. */
export async function readVoice(
  { person, turn, cells }: Pick<Scene, 'person' | 'turn' | 'cells'>,
  id: string,
): Promise<{ bytes: string; duration: number }> {
  const { blocks, duration } = await turn(() => person.files.voice(id));
  const bytes = concat(...(await readBlocks(blocks, await cells())));
  const { checkNote } = await notes();
  const found = await turn(() => checkNote(bytes), VOICE_ROOM);
  if (found === duration) return { bytes: base64url(bytes), duration };
  throw new AppError(
    'voice-unreadable',
    'input',
    'this voice note is longer or shorter than it says',
  );
}
