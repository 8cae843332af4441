/**
 * Files and pictures that wait beside the composer: brought in one after the other, then sent together. The
 * page holds where they are on this computer and nothing of what is in them. A lock forgets them.
 */
import { effect, signal } from '@preact/signals';
import { call } from '../link/rpc.ts';
import { sentenceOf } from '../words/errors.ts';
import { bytes } from '../words/size.ts';
import { spanRange } from '../words/time.ts';
import { say } from './actions.ts';
import { bringIn, forget, looksLikePicture } from './bring-in.ts';
import { phase } from './store.ts';
import { appendOwn } from './thread.ts';

/** Beside one composer. */
const MOST = 10;

export interface Attachment {
  readonly key: string;
  readonly contactId: string;
  readonly file: File;
  /** `null` until its first bytes were looked at. */
  readonly kind: 'file' | 'picture' | null;
  readonly state: 'waiting' | 'bringing' | 'making' | 'ready' | 'sending' | 'failed';
  /** Bytes that the daemon has. */
  readonly at: number;
  readonly upload: number | null;
  /** Of what will be sent: a picture made anew is smaller. */
  readonly size: number;
  /** How long it will be on its way; null: it is not known. */
  readonly range: string | null;
  /** Why it cannot be sent, or was not. */
  readonly trouble: string | null;
}

export const attachments = signal<readonly Attachment[]>([]);

let working: Promise<void> = Promise.resolve();

export function attach(contactId: string, files: Iterable<File>): void {
  const room = MOST - attachments.value.filter((one) => one.contactId === contactId).length;
  const chosen = [...files];
  if (chosen.length > room) say(`${MOST} files at most go with one message.`, 'bad');
  for (const file of chosen.slice(0, room)) {
    const key = crypto.randomUUID();
    attachments.value = [
      ...attachments.value,
      {
        ...{ key, contactId, file, kind: null, state: 'waiting', at: 0, upload: null },
        ...{ size: file.size, range: null, trouble: null },
      },
    ];
    working = working.then(() => prepare(key, file));
  }
}

/** Nothing of it stays, here or with the daemon. */
export function detach(key: string): void {
  const one = attachments.value.find((entry) => entry.key === key);
  if (one === undefined || one.state === 'sending') return;
  attachments.value = attachments.value.filter((entry) => entry.key !== key);
  if (one.upload !== null) forget(one.upload);
}

/** What is ready is sent, the words with the first; what is refused stays and says why. */
export async function sendAttached(contactId: string, text: string): Promise<boolean> {
  const mine = attachments.value.filter((one) => one.contactId === contactId);
  let words = text;
  for (const one of mine) {
    if (one.upload === null) continue;
    change(one.key, { state: 'sending', trouble: null });
    try {
      const message = await call('file.send', {
        ...{ upload: one.upload, contactId, clientId: one.key, text: words },
        ...(one.kind === 'picture'
          ? { kind: 'picture', name: 'picture.webp', mediaType: 'image/webp' }
          : { kind: 'file', name: one.file.name, mediaType: typeOf(one.file) }),
      });
      words = '';
      attachments.value = attachments.value.filter(({ key }) => key !== one.key);
      appendOwn(message);
    } catch (error) {
      change(one.key, { state: 'ready', trouble: sentenceOf(error) });
      return words === '';
    }
  }
  return words === '';
}

async function prepare(key: string, file: File): Promise<void> {
  if (!isThere(key)) return;
  try {
    const isPicture = await looksLikePicture(file);
    change(key, { kind: isPicture ? 'picture' : 'file', state: 'bringing' });
    if (file.size === 0) throw new RangeError('empty');
    let upload = await bringIn(file, (at) => {
      if (!isThere(key)) throw new DOMException('not wanted', 'AbortError');
      change(key, { at });
    });
    let size = file.size;
    if (isPicture) {
      change(key, { state: 'making' });
      ({ upload, size } = await remade(upload));
    }
    if (!isThere(key)) {
      forget(upload);
      return;
    }
    change(key, { upload, size, state: 'ready', ...(await journey(size)) });
  } catch (error) {
    if (isThere(key)) change(key, { state: 'failed', trouble: wordOf(error) });
  }
}

/** Without what a camera wrote into it. */
async function remade(upload: number): Promise<{ upload: number; size: number }> {
  try {
    return await call('picture.remake', { upload });
  } catch (error) {
    forget(upload);
    throw error;
  }
}

async function journey(size: number): Promise<Pick<Attachment, 'range' | 'trouble'>> {
  try {
    const { leastMs, mostMs, fits } = await call('file.preview', { size });
    const trouble = fits ? null : 'This network is too slow for it: it would not arrive in time.';
    return { range: spanRange(leastMs, mostMs), trouble };
  } catch {
    // Not known yet: the daemon refuses what cannot arrive.
    return { range: null, trouble: null };
  }
}

/** One line: what it is, and what is happening to it. */
export function attachmentWord(one: Attachment): string {
  switch (one.state) {
    case 'waiting':
      return bytes(one.file.size);
    case 'bringing':
      return `${bytes(one.file.size)}, ${Math.floor((100 * one.at) / one.file.size)} % encrypted`;
    case 'making':
      return 'Being made anew, without what the camera wrote into it';
    case 'sending':
      return 'Being handed over';
    case 'failed':
      return '';
    case 'ready': {
      const how = one.range === null ? '' : `, some ${one.range} under way`;
      const made = one.kind === 'picture' ? ' made anew' : '';
      return `${bytes(one.size)}${made}${how}`;
    }
  }
}

function wordOf(error: unknown): string {
  if (error instanceof RangeError) return 'That file is empty.';
  // A folder, or a file that was taken away: the browser says no more than that.
  if (error instanceof DOMException) return 'That file cannot be read.';
  return sentenceOf(error);
}

/** What the format takes: a type and a subtype in lower case. */
function typeOf({ type }: File): string {
  const plain = type.toLowerCase().split(';')[0] ?? '';
  return /^[a-z0-9][a-z0-9!#$&^_.+-]{0,30}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,67}$/.test(plain)
    ? plain
    : 'application/octet-stream';
}

function isThere(key: string): boolean {
  return attachments.value.some((one) => one.key === key);
}

function change(key: string, patch: Partial<Attachment>): void {
  attachments.value = attachments.value.map((one) =>
    one.key === key ? { ...one, ...patch } : one,
  );
}

effect(() => {
  if (phase.value !== 'open') attachments.value = [];
});
