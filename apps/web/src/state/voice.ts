/**
 * The voice note that is being recorded, or waits to be sent: one at a time, in this page's memory and
 * encrypted with the daemon, nowhere else. A lock forgets it.
 */
import { effect, signal } from '@preact/signals';
import { base64url } from '@tacet/base';
import { call } from '../link/rpc.ts';
import { peaksOf } from '../voice/loudness.ts';
import { Microphone } from '../voice/microphone.ts';
import { silence } from '../voice/player.ts';
import { sentenceOf } from '../words/errors.ts';
import { spanRange } from '../words/time.ts';
import { bringIn, forget } from './bring-in.ts';
import { phase } from './store.ts';
import { appendOwn } from './thread.ts';

/** A note has a minute at most; timers of a hidden page are late. */
export const LONGEST = 58_000;
/** Levels that are drawn while it is recorded. */
export const LIVE_LEVELS = 96;

export interface ReadyNote {
  readonly contactId: string;
  /** As the browser wrote it, to listen to. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the daemon made of it. */
  readonly upload: number;
  readonly duration: number;
  readonly peaks: Uint8Array;
  readonly clientId: string;
  /** How long it will be on its way; null: it is not known. */
  readonly range: string | null;
  /** False: it would not arrive in time. */
  readonly fits: boolean;
  /** Why it cannot be sent, or was not. */
  readonly trouble: string | null;
  readonly isSending: boolean;
}

export type VoiceState =
  | { readonly kind: 'asking' | 'making'; readonly contactId: string }
  | {
      readonly kind: 'recording';
      readonly contactId: string;
      /** ms */
      readonly at: number;
      readonly levels: readonly number[];
    }
  | ({ readonly kind: 'ready' } & ReadyNote)
  | { readonly kind: 'failed'; readonly contactId: string; readonly sentence: string };

export const voice = signal<VoiceState | null>(null);

let microphone: Microphone | null = null;
/** Grows with each note: what an earlier one still waits for is not taken. */
let turn = 0;

export async function record(contactId: string): Promise<void> {
  if (voice.peek() !== null && voice.peek()?.kind !== 'failed') return;
  silence();
  turn += 1;
  const mine = turn;
  voice.value = { kind: 'asking', contactId };
  try {
    const opened = await Microphone.open(({ at, level }) => heard(mine, at, level));
    if (turn !== mine) {
      opened.release();
      return;
    }
    microphone = opened;
    voice.value = { kind: 'recording', contactId, at: 0, levels: [] };
  } catch (error) {
    if (turn === mine) voice.value = { kind: 'failed', contactId, sentence: microphoneWord(error) };
  }
}

/** What was recorded becomes a note to listen to. */
export async function finish(): Promise<void> {
  const now = voice.peek();
  const mine = turn;
  if (now?.kind !== 'recording' || microphone === null) return;
  const { contactId } = now;
  const opened = microphone;
  microphone = null;
  voice.value = { kind: 'making', contactId };
  try {
    const { bytes, loudness } = await opened.stop();
    const { upload, size, duration } = await made(bytes);
    if (turn !== mine) {
      await call('file.cancel', { upload });
      return;
    }
    voice.value = {
      kind: 'ready',
      contactId,
      bytes,
      upload,
      duration,
      peaks: peaksOf(loudness, duration),
      clientId: crypto.randomUUID(),
      isSending: false,
      ...(await journey(size)),
    };
  } catch (error) {
    opened.release();
    if (turn === mine) voice.value = { kind: 'failed', contactId, sentence: sentenceOf(error) };
  }
}

export async function sendNote(): Promise<void> {
  const note = voice.peek();
  if (note?.kind !== 'ready' || note.isSending) return;
  silence();
  const mine = turn;
  voice.value = { ...note, isSending: true, trouble: null };
  try {
    const message = await call('file.send', {
      upload: note.upload,
      contactId: note.contactId,
      clientId: note.clientId,
      name: 'voice.webm',
      mediaType: 'audio/webm',
      kind: 'voice',
      peaks: base64url(note.peaks),
    });
    if (turn === mine) voice.value = null;
    appendOwn(message);
  } catch (error) {
    if (turn !== mine) return;
    voice.value = { ...note, isSending: false, trouble: sentenceOf(error) };
  }
}

/** Nothing of it stays, here or with the daemon. */
export function discard(): void {
  const note = voice.peek();
  if (note?.kind === 'ready' && note.isSending) return;
  turn += 1;
  microphone?.release();
  microphone = null;
  silence();
  voice.value = null;
  if (note?.kind === 'ready') {
    void call('file.cancel', { upload: note.upload }).catch(() => undefined);
  }
}

/** Words and sound leave the page with the lock; the daemon forgets what was not sent when it ends. */
effect(() => {
  if (phase.value === 'open') return;
  turn += 1;
  microphone?.release();
  microphone = null;
  silence();
  voice.value = null;
});

function heard(mine: number, at: number, level: number): void {
  const now = voice.peek();
  if (turn !== mine || now?.kind !== 'recording') return;
  voice.value = { ...now, at, levels: [...now.levels, level].slice(-LIVE_LEVELS) };
  if (at >= LONGEST) void finish();
}

async function made(bytes: Uint8Array<ArrayBuffer>) {
  const upload = await bringIn(new Blob([bytes]), () => undefined);
  try {
    return await call('voice.remake', { upload });
  } catch (error) {
    forget(upload);
    throw error;
  }
}

/** Said before it is sent. */
async function journey(size: number): Promise<Pick<ReadyNote, 'range' | 'fits' | 'trouble'>> {
  try {
    const { leastMs, mostMs, fits } = await call('file.preview', { size });
    const trouble = fits ? null : 'This network is too slow for it: it would not arrive in time.';
    return { range: spanRange(leastMs, mostMs), fits, trouble };
  } catch {
    // Not known yet: the daemon refuses what cannot arrive.
    return { range: null, fits: true, trouble: null };
  }
}

function microphoneWord(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError') return 'The browser may not use the microphone: allow it there.';
  if (name === 'NotFoundError') return 'No microphone was found.';
  return 'The microphone could not be used.';
}
