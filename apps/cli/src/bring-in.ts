/** A file of this computer, or a picture made anew from it, brought into the daemon's cells. */
import { open, stat } from 'node:fs/promises';
import { type Api, FILE_PIECE } from '@tacet/api';
import { AppError, base64url } from '@tacet/base';
import type { Context } from './context.ts';
import { showBytes } from './duration.ts';

export async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => null);
  if (found?.isFile() === true) return found.size;
  throw new AppError('file-missing', 'missing', 'there is no such file');
}

/** By its first bytes; its name may say anything. */
export async function looksLikePicture(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(12);
    await file.read(head, 0, head.length, 0);
    const text = head.toString('latin1');
    return /^(\xff\xd8\xff|\x89PNG\r\n|RIFF....WEBP)/s.test(text);
  } finally {
    await file.close();
  }
}

/** Brought in, and something else instead of it. */
interface Anew {
  readonly upload: number;
  readonly size: number;
}

export function bringInPicture(context: Context, api: Api, path: string, size: number) {
  return anew(api, path, size, async (upload) => {
    const picture = await api.call('picture.remake', { upload, large: context.flag('large') });
    const { width, height } = picture;
    const made = `${width} x ${height} pixels, ${showBytes(picture.size)}`;
    context.note(`made anew from ${showBytes(size)}: ${made}, without what a camera wrote into it`);
    return picture;
  });
}

export function bringInVoice(context: Context, api: Api, path: string, size: number) {
  return anew(api, path, size, async (upload) => {
    const voice = await api.call('voice.remake', { upload, large: context.flag('large') });
    const made = `${(voice.duration / 1_000).toFixed(1)} s, ${showBytes(voice.size)}`;
    context.note(`written anew: ${made}, without what the recorder wrote into it`);
    return voice;
  });
}

async function anew(
  api: Api,
  path: string,
  size: number,
  make: (upload: number) => Promise<Anew>,
): Promise<Anew> {
  const upload = await bringIn(api, path, size);
  try {
    return await make(upload);
  } catch (error) {
    await api.call('file.cancel', { upload });
    throw error;
  }
}

export async function bringIn(api: Api, path: string, size: number): Promise<number> {
  const { upload } = await api.call('file.begin', { size });
  const file = await open(path, 'r');
  try {
    const piece = new Uint8Array(FILE_PIECE);
    for (let at = 0; at < size; ) {
      const { bytesRead } = await file.read(piece, 0, Math.min(FILE_PIECE, size - at), at);
      if (bytesRead === 0) throw new AppError('file-changed', 'state', 'the file became shorter');
      const bytes = base64url(piece.subarray(0, bytesRead));
      ({ at } = await api.call('file.put', { upload, at, bytes }));
    }
    return upload;
  } catch (error) {
    await api.call('file.cancel', { upload });
    throw error;
  } finally {
    await file.close();
  }
}
