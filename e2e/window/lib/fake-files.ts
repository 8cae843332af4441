/** Files and pictures of the daemon without a network: brought in, made anew, read back in pieces. */
import { FILE_PIECE, type FileView, type ParamsOf } from '@tacet/api';
import { AppError, base64url } from '@tacet/base';
import type { FakeVoices } from './fake-voices.ts';

/** A WebP of one pixel that every browser draws. */
export const WEBP = Buffer.from(
  'UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA',
  'base64',
);

export class FakeFiles {
  /** By message. */
  readonly bytes = new Map<string, Uint8Array>();
  /** Of pictures that were made anew. */
  private readonly pictures = new Set<number>();
  private readonly voices: FakeVoices;

  constructor(voices: FakeVoices) {
    this.voices = voices;
  }

  remake(id: number): { upload: number; size: number; width: number; height: number } {
    const { bytes } = this.whole(id);
    if (bytes.length < 100) {
      throw new AppError('picture-unreadable', 'input', 'this is no picture that can be read here');
    }
    this.voices.uploads.delete(id);
    const upload = this.voices.begin(WEBP.length);
    this.voices.uploads.set(upload, { size: WEBP.length, bytes: WEBP, note: null });
    this.pictures.add(upload);
    return { upload, size: WEBP.length, width: 1, height: 1 };
  }

  take({ upload, kind, name, mediaType, text = '' }: ParamsOf<'file.send'>) {
    const { bytes } = this.whole(upload);
    if (kind === 'picture' && !this.pictures.has(upload)) {
      throw new AppError('picture-as-it-is', 'usage', 'made anew before');
    }
    this.voices.uploads.delete(upload);
    const word = kind === 'picture' ? 'Picture' : 'File';
    const line = `${word}: ${name} (${bytes.length} B)`;
    const file = plainFile(name, bytes.length, { kind, mediaType, state: 'writing' });
    return { bytes, file, text: text === '' ? line : text };
  }

  read(id: string, at: number): { bytes: string; next: number | null } {
    const bytes = this.bytes.get(id);
    if (bytes === undefined) throw new AppError('file-unknown', 'missing', 'no such file');
    const to = Math.min(bytes.length, at + FILE_PIECE);
    return { bytes: base64url(bytes.subarray(at, to)), next: to < bytes.length ? to : null };
  }

  private whole(id: number) {
    const upload = this.voices.uploads.get(id);
    if (upload === undefined) throw new AppError('upload-unknown', 'missing', 'no such file');
    if (upload.bytes.length !== upload.size) {
      throw new AppError('upload-short', 'usage', 'bytes are missing');
    }
    return upload;
  }
}

export function plainFile(name: string, size: number, patch: Partial<FileView> = {}): FileView {
  return {
    kind: 'file',
    name,
    claimedName: null,
    mediaType: 'application/octet-stream',
    size,
    state: 'here',
    reason: null,
    done: 0,
    parts: 9,
    preview: null,
    width: null,
    height: null,
    duration: null,
    peaks: null,
    ...patch,
  };
}
