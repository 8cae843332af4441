/** Voice notes of the daemon without a network: made, and seen to be notes, as the real one does. */
import { AppError, base64url, concat, fromBase64url } from '@tacet/base';
import { checkNote, makeNote, type VoiceNote } from '@tacet/client/voice';

interface Upload {
  readonly size: number;
  bytes: Uint8Array;
  note: VoiceNote | null;
}

export class FakeVoices {
  fits = true;
  readonly uploads = new Map<number, Upload>();
  /** By message. */
  readonly notes = new Map<string, VoiceNote>();
  private next = 1;

  begin(size: number): number {
    const upload = this.next++;
    this.uploads.set(upload, { size, bytes: new Uint8Array(), note: null });
    return upload;
  }

  put(id: number, at: number, bytes: string): number {
    const upload = this.upload(id);
    if (at !== upload.bytes.length) throw new AppError('upload-order', 'usage', 'in order');
    upload.bytes = concat(upload.bytes, fromBase64url(bytes));
    return upload.bytes.length;
  }

  remake(id: number): { upload: number; size: number; duration: number } {
    const { bytes, size } = this.upload(id);
    if (bytes.length !== size) throw new AppError('upload-short', 'usage', 'bytes are missing');
    const note = makeNote(bytes, { bytes: 150_000, duration: 60_000 });
    this.uploads.delete(id);
    const upload = this.begin(note.bytes.length);
    this.uploads.set(upload, { size: note.bytes.length, bytes: note.bytes, note });
    return { upload, size: note.bytes.length, duration: note.duration };
  }

  take(id: number): VoiceNote {
    const { note } = this.upload(id);
    if (note === null) throw new AppError('voice-as-it-is', 'usage', 'written anew before');
    this.uploads.delete(id);
    return note;
  }

  read(id: string): { bytes: string; duration: number } {
    const note = this.notes.get(id);
    if (note === undefined) throw new AppError('file-unknown', 'missing', 'no such file');
    return { bytes: base64url(note.bytes), duration: checkNote(note.bytes) };
  }

  private upload(id: number): Upload {
    const upload = this.uploads.get(id);
    if (upload !== undefined) return upload;
    throw new AppError('upload-unknown', 'missing', 'no such file is being brought in');
  }
}
