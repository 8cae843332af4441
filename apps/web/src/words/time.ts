/** Times and spans as people say them. Formats follow the browser's language and zone. */
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const exact = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'long' });
const shortDay = new Intl.DateTimeFormat(undefined, { weekday: 'short' });
const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long' });
const shortDate = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const dateWithYear = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

const DAY = 86_400_000;

export function clockTime(at: number): string {
  return clock.format(at);
}

export function exactTime(at: number): string {
  return exact.format(at);
}

export function fullTime(at: number): string {
  return full.format(at);
}

/** Calendar days between two instants, by the local calendar. */
export function daysApart(at: number, now: number): number {
  return Math.round((startOfDay(now) - startOfDay(at)) / DAY);
}

export function dayName(at: number, now: number): string {
  const days = daysApart(at, now);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  if (days > 1 && days < 7) return weekday.format(at);
  return new Date(at).getFullYear() === new Date(now).getFullYear()
    ? date.format(at)
    : dateWithYear.format(at);
}

/** For a row of the list: the clock today, then the day, then the date. */
export function listTime(at: number, now: number): string {
  const days = daysApart(at, now);
  if (days <= 0) return clock.format(at);
  if (days === 1) return 'Yesterday';
  return days < 7 ? shortDay.format(at) : shortDate.format(at);
}

/** "0.4 s", "8 s", "3 min", "2 h 10 min", "4 days". */
export function span(ms: number): string {
  const s = Math.max(0, ms) / 1_000;
  if (s < 1) return `${Math.max(0.1, Math.round(s * 10) / 10)} s`;
  if (s < 90) return `${Math.round(s)} s`;
  const minutes = Math.round(s / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 36) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.round(hours / 24)} days`;
}

/** "4–8 s", or "40 s – 2 min" when the units differ. */
export function spanRange(low: number, high: number): string {
  const from = span(low);
  const to = span(high);
  if (from === to) return from;
  const [fromNumber, fromUnit] = from.split(' ');
  const [, toUnit] = to.split(' ');
  return fromUnit === toUnit && to.split(' ').length === 2
    ? `${fromNumber}–${to}`
    : `${from} – ${to}`;
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
