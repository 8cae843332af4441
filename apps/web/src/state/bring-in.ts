/** Bytes of a file of this computer on their way to the daemon, which encrypts them at once. */
import { base64url } from '@tacet/base';
import { call } from '../link/rpc.ts';

/** Bytes handed over with one call: as many as it takes (`FILE_PIECE` of the API). */
export const PIECE = 65_536;

/**
 * @param tell hears how many bytes are there; throws where it is not wanted any more
 * Answers the upload; where it throws nothing of it stays.
 */
export async function bringIn(file: Blob, tell: (at: number) => void): Promise<number> {
  const { upload } = await call('file.begin', { size: file.size });
  try {
    for (let at = 0; at < file.size; ) {
      const piece = new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer());
      ({ at } = await call('file.put', { upload, at, bytes: base64url(piece) }));
      tell(at);
    }
    return upload;
  } catch (error) {
    forget(upload);
    throw error;
  }
}

export function forget(upload: number): void {
  void call('file.cancel', { upload }).catch(() => undefined);
}

/** By its first bytes; its name may say anything. */
export async function looksLikePicture(file: Blob): Promise<boolean> {
  const head = new Uint8Array(await file.slice(0, 12).arrayBuffer());
  const text = String.fromCharCode(...head);
  return /^(\xff\xd8\xff|\x89PNG\r\n|RIFF.{4}WEBP)/s.test(text);
}
