/** Bytes of files that lie with the daemon: pictures to look at, files to save. */
import { effect, signal } from '@preact/signals';
import { fromBase64url } from '@tacet/base';
import { call } from '../link/rpc.ts';
import { attempt, say } from './actions.ts';
import { phase } from './store.ts';

/** What a page takes at once; what is larger is saved by the command line, piece by piece. */
const MOST_TO_SAVE = 64_000_000;
/** Of a picture as Tacet makes them (docs/spec/19-files.md, 7). */
const MOST_TO_SHOW = 600_000;
/** Pictures in memory at once. */
const KEPT = 40;

export interface Picture {
  /** blob: of this page; null while it is read, or where it is none. */
  readonly url: string | null;
  readonly isNone: boolean;
}

/** By message. */
export const pictures = signal<ReadonlyMap<string, Picture>>(new Map());
/** Per cent of the file that is being saved, by message. */
export const saving = signal<ReadonlyMap<string, number>>(new Map());

export async function showPicture(id: string, size: number): Promise<void> {
  if (pictures.peek().has(id)) return;
  keep(id, { url: null, isNone: size > MOST_TO_SHOW });
  if (size > MOST_TO_SHOW) return;
  try {
    const bytes = await allOf(id, size, () => undefined);
    if (!pictures.peek().has(id)) return;
    // Nothing but what Tacet makes of pictures is handed to the browser's decoders.
    const blob = isWebp(bytes) ? new Blob(bytes, { type: 'image/webp' }) : null;
    keep(id, { url: blob === null ? null : URL.createObjectURL(blob), isNone: blob === null });
  } catch {
    // Looked at again the next time its row stands.
    drop(id);
  }
}

/** To the folder of downloads, readable by whoever uses this computer: the person asked for it. */
export async function saveFile(id: string, name: string, size: number): Promise<void> {
  if (saving.peek().has(id)) return;
  if (size > MOST_TO_SAVE) {
    say('Too large for a browser: save it with tacet file get.', 'bad');
    return;
  }
  await attempt(async () => {
    const bytes = await allOf(id, size, (at) => tell(id, Math.floor((100 * at) / size)));
    const url = URL.createObjectURL(new Blob(bytes, { type: 'application/octet-stream' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
    say('Saved. From now on it lies unencrypted where your browser puts downloads.');
  });
  tell(id, null);
}

async function allOf(
  id: string,
  size: number,
  heard: (at: number) => void,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let held = 0;
  for (let at: number | null = 0; at !== null && held <= size; ) {
    const { bytes, next }: { bytes: string; next: number | null } = await call('file.read', {
      ...{ id, at },
    });
    const piece = new Uint8Array(fromBase64url(bytes));
    pieces.push(piece);
    held += piece.length;
    heard(held);
    at = next;
  }
  return pieces;
}

function isWebp([head]: readonly Uint8Array[]): boolean {
  return /^RIFF.{4}WEBP/s.test(String.fromCharCode(...(head ?? []).slice(0, 12)));
}

function keep(id: string, picture: Picture): void {
  const next = new Map(pictures.peek()).set(id, picture);
  for (const [oldest, { url }] of next) {
    if (next.size <= KEPT) break;
    next.delete(oldest);
    if (url !== null) URL.revokeObjectURL(url);
  }
  pictures.value = next;
}

function drop(id: string): void {
  const next = new Map(pictures.peek());
  next.delete(id);
  pictures.value = next;
}

function tell(id: string, percent: number | null): void {
  const next = new Map(saving.peek());
  if (percent === null) next.delete(id);
  else next.set(id, percent);
  saving.value = next;
}

effect(() => {
  if (phase.value !== 'open') forgetPictures();
});

function forgetPictures(): void {
  for (const { url } of pictures.peek().values()) if (url !== null) URL.revokeObjectURL(url);
  pictures.value = new Map();
}
