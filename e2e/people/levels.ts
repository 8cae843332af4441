/** People change how much they hide: one ends in Fast, one in Strong, and both stay there. */
import type { ProfileStatus } from '@tacet/api';
import { sleep } from '../lib/program.ts';
import type { Person } from './person.ts';
import { type Chapter, Witness } from './stage.ts';

type Level = ProfileStatus['level'];

/** In this order; the last one holds for the rest of the run. */
const CHANGES: readonly (readonly [string, Level])[] = [
  ['alice', 'strong'],
  ['erin', 'fast'],
  ['alice', 'fast'],
  ['erin', 'strong'],
];
const PATIENCE = 60_000;
const BETWEEN = 5_000;

async function levelOf(who: Person): Promise<Level | undefined> {
  return (await who.persist((api) => api.call('status', {}))).status?.level;
}

export const levels: Chapter = {
  name: 'levels are changed',
  expected: 'each level holds from its moment on, also through every kill, and texts go on',
  async play(stage) {
    const witness = new Witness(stage, PATIENCE);
    for (const [name, level] of CHANGES) {
      const who = stage.person(name);
      await who.persist((api) => api.call('level.set', { level, confirm: true }));
      await witness.see(`${name} is in ${level}`, async () => (await levelOf(who)) === level);
      await sleep(BETWEEN);
    }
    return { seen: CHANGES.map((one) => one.join(': ')).join(', '), faults: witness.faults };
  },
};

export async function auditLevel(person: Person): Promise<string[]> {
  const wanted = CHANGES.findLast(([name]) => name === person.name)?.[1] ?? 'balanced';
  const found = await levelOf(person);
  return found === wanted ? [] : [`${person.name} is in ${found}, not ${wanted}`];
}
