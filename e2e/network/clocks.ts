/**
 * People whose clocks are wrong by five minutes, an epoch, a day (docs/spec/13-client-view.md, 4):
 * nothing of theirs is sent while the epochs differ, they are told so, and all goes on by itself
 * once the clock is set right. The daemon is the production one; its computer's clock is not.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { introduce } from '../lib/meet.ts';
import { sleep } from '../lib/program.ts';
import type { Town } from '../lib/town.ts';
import type { Stage } from './stage.ts';

/** Persons with this in front of their name are started with a clock of their own. */
export const CLOCK = 'clock-';
export const CLOCK_ENTRY = join(import.meta.dirname, 'clock', 'daemon.ts');

const NOTICED = 60_000;
const STILL = 15_000;
const RECOVERED = 180_000;

export function clockFile(dir: string, name: string): string {
  return join(dir, `${name}.ms`);
}

/** Somebody on the network whose clock is right until it is set. */
export async function personWithClock(town: Town, name: string) {
  const file = clockFile(town.dir, name);
  const set = (ms: number): void => writeFileSync(file, String(ms));
  set(0);
  return { person: await town.person(name), set };
}

export async function wrongClock(
  { town, crowd, say }: Stage,
  what: string,
  aheadMs: number,
): Promise<string[]> {
  const [friend] = crowd.people;
  if (friend === undefined) return ['nobody is there'];
  const name = `${CLOCK}${what}`;
  const { person, set } = await personWithClock(town, name);
  const { atGuest } = await introduce(town, friend, person);
  const { api } = person;
  const status = async () => (await api.call('status', {})).status;
  const faults: string[] = [];
  set(aheadMs);
  await town.until(`${name} is told that its clock is wrong`, NOTICED, async () => {
    return (await status())?.pause === 'clock';
  });
  const told = (await status())?.clockAhead ?? 0;
  say(`${name}: told that its clock is ${Math.round(told / 1_000)} s ahead`);
  if (Math.abs(told - aheadMs) > 5_000) faults.push(`${name} was told ${told} of ${aheadMs} ms`);
  const { id } = await api.call('message.send', { contactId: atGuest, text: what, clientId: what });
  await sleep(STILL);
  const { partsSent } = await api.call('message.get', { id });
  if (partsSent > 0) faults.push(`${name} sent a packet of a wrong epoch`);
  set(0);
  await town.until(`${name}'s text is delivered after all`, RECOVERED, async () => {
    return (await api.call('message.get', { id })).state === 'delivered';
  });
  return faults;
}
