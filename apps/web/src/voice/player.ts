/**
 * Plays one voice note at a time. Its bytes come from the daemon, which saw that they are a voice note,
 * and live in this page's memory until another one plays or the window locks.
 */
import { signal } from '@preact/signals';
import { fromBase64url } from '@tacet/base';
import { call } from '../link/rpc.ts';
import { sentenceOf } from '../words/errors.ts';

export interface Playing {
  /** Of the message; `own` for one that is not sent yet. */
  readonly id: string;
  readonly isPaused: boolean;
  /** ms */
  readonly at: number;
  /** Why it cannot be played. */
  readonly trouble: string | null;
}

export const playing = signal<Playing | null>(null);
export const speed = signal(1);

const SPEEDS = [1, 1.5, 2];
const TYPE = 'audio/webm;codecs=opus';

let audio: HTMLAudioElement | null = null;
let url: string | null = null;
/** Grows with each note that is begun: an answer for an earlier one is too late. */
let turn = 0;

/** Plays it from where it was left, or pauses it. */
export async function toggle(id: string, own?: Uint8Array<ArrayBuffer>): Promise<void> {
  const now = playing.peek();
  if (now?.id === id && audio !== null && now.trouble === null) {
    if (audio.paused) await audio.play().catch(failed);
    else audio.pause();
    return;
  }
  await begin(id, 0, own);
}

/** Moves to `at`, ms, whether it plays or not. */
export async function seek(id: string, at: number, own?: Uint8Array<ArrayBuffer>): Promise<void> {
  const now = playing.peek();
  if (now?.id !== id || audio === null || now.trouble !== null) {
    await begin(id, at, own);
    return;
  }
  audio.currentTime = Math.max(0, at) / 1_000;
  playing.value = { ...now, at: Math.max(0, at) };
}

/** 1, 1.5, 2, 1. */
export function nextSpeed(): void {
  const next = SPEEDS[(SPEEDS.indexOf(speed.peek()) + 1) % SPEEDS.length] ?? 1;
  speed.value = next;
  if (audio !== null) audio.playbackRate = next;
}

/** Nothing of a note stays in this page. */
export function silence(): void {
  turn += 1;
  audio?.pause();
  audio?.removeAttribute('src');
  audio?.load();
  audio = null;
  if (url !== null) URL.revokeObjectURL(url);
  url = null;
  playing.value = null;
}

async function begin(id: string, at: number, own?: Uint8Array<ArrayBuffer>): Promise<void> {
  silence();
  const mine = turn;
  playing.value = { id, isPaused: true, at, trouble: null };
  try {
    const bytes = own ?? fromBase64url((await call('voice.read', { id })).bytes);
    if (turn !== mine) return;
    const element = new Audio();
    audio = element;
    url = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: TYPE }));
    for (const name of ['play', 'pause', 'timeupdate', 'seeked', 'ended']) {
      element.addEventListener(name, () => told(element, id));
    }
    element.addEventListener('error', () => {
      if (audio === element) failed();
    });
    element.src = url;
    element.currentTime = at / 1_000;
    // After the source: setting one puts it back.
    element.playbackRate = speed.peek();
    await element.play();
  } catch (error) {
    if (turn === mine) failed(error);
  }
}

function told(element: HTMLAudioElement, id: string): void {
  if (audio !== element) return;
  const at = element.ended ? 0 : element.currentTime * 1_000;
  playing.value = { id, isPaused: element.paused || element.ended, at, trouble: null };
}

function failed(error?: unknown): void {
  const now = playing.peek();
  if (now === null) return;
  const trouble =
    error === undefined || error instanceof DOMException
      ? 'This browser cannot play it.'
      : sentenceOf(error);
  playing.value = { ...now, isPaused: true, trouble };
}
