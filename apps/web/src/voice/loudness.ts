/** Loudness of a voice note: measured while it is recorded, drawn from 64 values afterwards. Pure. */

export interface Loudness {
  /** ms since the recording began. */
  readonly at: number;
  /** 0 to 1: the loudest sample since the last one. */
  readonly level: number;
}

export const PEAKS = 64;

/** The loudest of each of 64 equal pieces; a piece without a measure has that of the one before. */
export function peaksOf(measured: readonly Loudness[], duration: number): Uint8Array {
  const peaks = new Array<number>(PEAKS).fill(-1);
  for (const { at, level } of measured) {
    const piece = Math.min(PEAKS - 1, Math.max(0, Math.floor((at * PEAKS) / duration)));
    peaks[piece] = Math.max(peaks[piece] ?? 0, Math.round(255 * Math.min(1, Math.max(0, level))));
  }
  let last = 0;
  return Uint8Array.from(peaks, (peak) => {
    if (peak >= 0) last = peak;
    return last;
  });
}

/** The loudest of a piece of sound: samples around 128. */
export function levelOf(samples: Uint8Array): number {
  let most = 0;
  for (const sample of samples) most = Math.max(most, Math.abs(sample - 128));
  return most / 128;
}

/** "0:07", "1:05": how long, as players show it. */
export function playTime(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** "7 seconds", "1 minute 5 seconds": the same for screen readers. */
export function spokenTime(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  const words = [count(minutes, 'minute'), count(rest, 'second')];
  if (minutes === 0) return words[1] ?? '';
  return rest === 0 ? (words[0] ?? '') : words.join(' ');
}

function count(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? '' : 's'}`;
}
