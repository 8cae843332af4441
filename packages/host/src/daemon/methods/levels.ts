/** Methods of privacy levels (packages/api/src/methods/levels.ts). */
import type { levelMethods } from '@tacet/api';
import { DAY } from '@tacet/base';
import type { HandlersOf } from '../scene.ts';

export const levelHandlers: HandlersOf<typeof levelMethods> = {
  'level.compare': ({ person, turn }) => turn(() => person.levels.compare()),
  'level.preview': ({ person, turn }, { level }) => turn(() => person.levels.preview(level)),
  'level.set': ({ person, turn }, { level, confirm }) =>
    turn((now) => {
      person.levels.set(level, confirm === true, now);
      return person.status(now);
    }),
  'data.usage': ({ person, turn }) =>
    turn(() => {
      const { days, ...rest } = person.levels.data();
      return { ...rest, days: days.map(({ day, ...bytes }) => ({ day: nameOf(day), ...bytes })) };
    }),
  'stats.crowd': ({ person, turn }) => turn((now) => person.levels.people(now)),
  'stats.delivery': ({ person, turn }) => turn(() => person.levels.statistics()),
  'network.facts': ({ person, turn }) => turn((now) => ({ facts: person.levels.network(now) })),
};

/** `2026-11-21`, UTC. */
function nameOf(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}
