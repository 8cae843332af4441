/**
 * What texts spent their time on (text-course.ts), and what the slowest of them had in common. A text
 * for which a read waits passes eight drawn delays and nothing else that takes long: four up, one at
 * the box's edge, three back. Those, its slot and the clock down are the floor.
 */
import { type Millis, SECOND } from '@tacet/base';
import { quantile } from '@tacet/testkit/quantile';
import type { Course, Met, Missed } from './text-course.ts';

export interface Timed {
  readonly took: Millis;
  /** Null for a text whose box was tried more than once. */
  readonly course: Course | null;
}

type Pair = readonly [p50: number, p95: number];

/** Seconds. */
export interface DelayFigures {
  /** How many texts each kind of read brought, and how long those took. */
  readonly met: Readonly<Partial<Record<Met, { readonly texts: number; readonly took: Pair }>>>;
  readonly retried: number;
  readonly parts: Readonly<Record<'slot' | 'up' | 'unread' | 'back' | 'down', Pair>>;
  /** Why no read waited, of those for which none did. */
  readonly missed: Readonly<Partial<Record<Missed, number>>>;
  /** The same of the slowest twentieth; `waited`: they were only unlucky. */
  readonly slowest: Readonly<Partial<Record<Missed | 'waited' | 'retried', number>>>;
}

export function delayFigures(texts: readonly Timed[]): DelayFigures {
  const known = texts.flatMap(({ took, course }) => (course === null ? [] : [{ took, course }]));
  const met: Partial<Record<Met, { texts: number; took: Pair }>> = {};
  for (const way of ['waited', 'under-way', 'at-end', 'announced'] as const) {
    const times = known.flatMap(({ took, course }) => (course.met === way ? [took] : []));
    if (times.length > 0) met[way] = { texts: times.length, took: pair(times) };
  }
  const part = (name: 'slot' | 'up' | 'unread' | 'back' | 'down'): Pair =>
    pair(known.map(({ course }) => course[name]));
  const missed = count(known.flatMap(({ course }) => course.missed ?? []));
  const slow = texts.toSorted((a, b) => b.took - a.took).slice(0, Math.ceil(texts.length / 20));
  return {
    met,
    retried: texts.length - known.length,
    parts: {
      slot: part('slot'),
      up: part('up'),
      unread: part('unread'),
      back: part('back'),
      down: part('down'),
    },
    missed,
    slowest: count(
      slow.map(({ course }) => (course === null ? 'retried' : (course.missed ?? 'waited'))),
    ),
  };
}

function count<T extends string>(all: readonly T[]): Partial<Record<T, number>> {
  const counts: Partial<Record<T, number>> = {};
  for (const one of all) counts[one] = (counts[one] ?? 0) + 1;
  return counts;
}

function pair(times: readonly Millis[]): Pair {
  return [seconds(times, 0.5), seconds(times, 0.95)];
}

/** A quantile in seconds, one digit. */
export function seconds(times: readonly Millis[], p: number): number {
  return Math.round(quantile(times, p) / (SECOND / 10)) / 10;
}
