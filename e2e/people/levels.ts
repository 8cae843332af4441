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

/** How long a chosen level is put off: Fast begins at a random moment. */
async function wait(who: Person): Promise<number> {
  const { status } = await who.persist((api) => api.call('status', {}));
  return Math.max(0, (status?.nextLevel?.at ?? 0) - Date.now());
}

export const levels: Chapter = {
  name: 'levels are changed',
  expected: 'each level holds from its moment on, also through every kill, and texts go on',
  async play(stage) {
    const faults: string[] = [];
    for (const [name, level] of CHANGES) {
      const who = stage.person(name);
      await who.persist((api) => api.call('level.set', { level, confirm: true }));
      const witness = new Witness(stage, PATIENCE + (await wait(who)));
      await witness.see(`${name} is in ${level}`, async () => (await levelOf(who)) === level);
      faults.push(...witness.faults);
      await sleep(BETWEEN);
    }
    return { seen: CHANGES.map((one) => one.join(': ')).join(', '), faults };
  },
};

export async function auditLevel(person: Person): Promise<string[]> {
  const wanted = CHANGES.findLast(([name]) => name === person.name)?.[1] ?? 'balanced';
  const found = await levelOf(person);
  return found === wanted ? [] : [`${person.name} is in ${found}, not ${wanted}`];
}
