/** Choices of a conversation, in words. */
import type { ConversationView } from '@tacet/api';
import { bytes } from './size.ts';
import { fullTime, span } from './time.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type Mute = ConversationView['mute'];

/** Seconds; one that was set elsewhere is added. */
export function timers(now: number): readonly (readonly [seconds: number, words: string])[] {
  const usual = [0, 5 * MINUTE, HOUR, DAY, 7 * DAY, 28 * DAY];
  const all = usual.includes(now) ? usual : [...usual, now].sort((a, b) => a - b);
  return all.map((seconds) => [seconds, timerWord(seconds)]);
}

export function timerWord(seconds: number): string {
  return seconds === 0 ? 'They stay' : `After ${span(seconds * 1_000)}`;
}

/** Hours; `Infinity`: until it is ended. */
export const MUTES: readonly (readonly [hours: number, words: string])[] = [
  [0, 'Not muted'],
  [1, 'For an hour'],
  [8, 'For eight hours'],
  [7 * 24, 'For a week'],
  [Number.POSITIVE_INFINITY, 'Until I say so'],
];

export function muteWord(mute: Mute): string {
  if (mute === null) return 'Not muted';
  return mute.until === null ? 'Until I say so' : `Until ${fullTime(mute.until)}`;
}

const KIB = 1_024;
const MIB = 1_024 * KIB;

/** Bytes; one that was set elsewhere is added. */
export function fetches(now: number): readonly (readonly [bytes: number, words: string])[] {
  const usual = [0, 256 * KIB, MIB, 8 * MIB];
  const all = usual.includes(now) ? usual : [...usual, now].sort((a, b) => a - b);
  return all.map((size) => [size, size === 0 ? 'Never' : `Up to ${bytes(size)}`]);
}
