/** Spans of time and sizes as people write and read them. */
import { AppError } from '@tacet/base';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `90s`, `2m`, `500ms`, `1h`, or seconds as a bare number. Throws `usage`. */
export function parseDuration(text: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)?$/.exec(text);
  if (match === null) throw new AppError('usage', 'usage', `a time looks like 60s or 2m`);
  return Number(match[1]) * (UNITS[match[2] ?? 's'] ?? 1_000);
}

/** The same, and `1d`, `2w`. */
export function parseDays(text: string): number {
  const match = /^(\d{1,6})([dw])$/.exec(text);
  if (match === null) return parseDuration(text);
  return Number(match[1]) * (match[2] === 'w' ? 7 : 1) * 86_400_000;
}

export function showSpan(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 86_400_000) return `${Math.round(ms / 3_600_000)} h`;
  return `${Math.round(ms / 86_400_000)} days`;
}

/** Local time: the clock today, the date before. */
export function showTime(at: number, now: number): string {
  const date = new Date(at);
  const two = (n: number) => String(n).padStart(2, '0');
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  if (date.toDateString() === new Date(now).toDateString()) return clock;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock}`;
}

/** The day alone, local time. */
export function showDay(at: number): string {
  const date = new Date(at);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

export function showBytes(n: number): string {
  if (n < 1e3) return `${n} B`;
  if (n < 1e6) return `${(n / 1e3).toFixed(1)} kB`;
  if (n < 1e9) return `${(n / 1e6).toFixed(1)} MB`;
  return `${(n / 1e9).toFixed(2)} GB`;
}

const SIZES: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6 };

/** `300kB`, `2.5MB`, or bytes as a bare number. Throws `usage`. */
export function parseBytes(text: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)\s?(B|kB|MB)?$/.exec(text);
  const bytes = Number(match?.[1]) * (SIZES[match?.[2] ?? 'B'] ?? 1);
  if (Number.isInteger(bytes)) return bytes;
  throw new AppError('usage', 'usage', 'a size looks like 300kB or 2.5MB');
}
