/** Privacy levels: what each is, and from the daemon's figures what it costs and shows here. */
import type { LevelName, ResultOf } from '@tacet/api';
import { bytes } from './size.ts';
import { span, spanRange } from './time.ts';

export type LevelFacts = NonNullable<ResultOf<'level.compare'>['levels']>[number];

/** Strongest first. */
export const LEVELS: readonly LevelName[] = ['strong', 'balanced', 'fast'];

export const levelName: Readonly<Record<LevelName, string>> = {
  strong: 'Strong',
  balanced: 'Balanced',
  fast: 'Fast',
};

/** What it does, on every network. */
export const levelWay: Readonly<Record<LevelName, string>> = {
  strong: 'The same beat day and night, whatever you do.',
  balanced: 'A quicker beat while a window is open, the slow one otherwise.',
  fast: 'Beside the beat, what you write or wait for goes at once.',
};

export const SHOWS_NOTHING = 'Shows nothing but that Tacet runs.';

/** "About 5 s a message, worked out. 0.9 to 1.6 GB a day." */
export function costOf({ delivery, up, down }: LevelFacts): string {
  const { typical, p95, from } = delivery;
  const time =
    from === 'receipt'
      ? `${p95 === null ? span(typical) : spanRange(typical, p95)} a message, measured here`
      : `About ${span(typical)} a message, worked out`;
  const least = bytes(up.least + down.least);
  const most = bytes(up.most + down.most);
  return `${time}. ${least === most ? most : `${least} to ${most}`} a day.`;
}

/** What another level shows that the one in force does not. */
export function shownMore(next: LevelFacts, now: LevelFacts): readonly string[] {
  const known = new Set(now.shows.map(({ to, code }) => `${to}/${code}`));
  return next.shows
    .filter(({ to, code }) => !known.has(`${to}/${code}`))
    .map(({ text }) => sentence(text));
}

export function sentence(text: string): string {
  return `${text.slice(0, 1).toLocaleUpperCase()}${text.slice(1)}.`;
}
