/**
 * People whose clocks are wrong by five minutes, an epoch, a day (docs/spec/13-client-view.md, 4).
 * What five minutes are of an hour is a twelfth of an epoch. The daemon is the production one; its
 * computer's clock is not.
 */
import { clockFile, setClock } from '../lib/clock.ts';
import type { DaemonProcess } from '../lib/daemon.ts';
import { introduce } from '../lib/meet.ts';
import { sleep } from '../lib/program.ts';
import type { Town } from '../lib/town.ts';
import { type Chapter, type Stage, within } from './stage.ts';

/** Persons with this in front of their name are started with a clock of their own. */
export const CLOCK = 'clock-';

const NOTICED = 60_000;
const STILL = 15_000;
const RECOVERED = 180_000;

export const clocks: Chapter = {
  name: 'clocks that are wrong',
  expected:
    'who is off by less than an epoch writes on but around its ends; who is an epoch or more off sends nothing; both are told, and all goes on when the clock is set right',
  beside: true,
  async play(stage) {
    const { epochMs, crowd } = stage;
    const cases: readonly (readonly [string, number])[] = [
      ['twelfth-ahead', epochMs / 12],
      ['five-minutes-behind', -Math.max(300_000, epochMs)],
      ['epoch-ahead', epochMs],
      ['day-ahead', 86_400_000],
      ['day-behind', -86_400_000],
    ];
    const strangers = await Promise.all(
      cases.map(([what, aheadMs], i) => {
        const friend = crowd.people[i % crowd.people.length];
        if (friend === undefined) throw new Error('nobody is there');
        return stranger(stage.town, friend, what, aheadMs);
      }),
    );
    const faults = (await Promise.all(strangers.map((one) => play(stage, one)))).flat();
    for (const { person } of strangers) await person.stop();
    return {
      seen: `told, held back and set right: ${cases.map(([what]) => what).join(', ')}`,
      faults,
    };
  },
};

interface Stranger {
  readonly person: DaemonProcess;
  readonly contactId: string;
  readonly what: string;
  readonly aheadMs: number;
  readonly set: (ms: number) => void;
}

/** Somebody on the network whose clock is right until it is set. */
async function stranger(
  town: Town,
  friend: DaemonProcess,
  what: string,
  aheadMs: number,
): Promise<Stranger> {
  const name = `${CLOCK}${what}`;
  const set = (ms: number): void => setClock(clockFile(town.dir, name), ms);
  set(0);
  const person = await town.person(name);
  const { atGuest } = await introduce(town, friend, person);
  return { person, contactId: atGuest, what, aheadMs, set };
}

async function play(
  { epochMs, say }: Stage,
  { person, contactId, what, aheadMs, set }: Stranger,
): Promise<string[]> {
  const { api, name } = person;
  const status = () => api.call('network.status', {});
  const faults: string[] = [];
  const fault = (text: string): void => {
    faults.push(`${name} ${text}`);
  };
  const isDelivered = async (id: string): Promise<boolean> =>
    (await api.call('message.get', { id })).state === 'delivered';
  const must = async (ms: number, problem: string, done: () => Promise<boolean>) => {
    if (!(await within(ms, done))) fault(problem);
  };
  set(aheadMs);
  await must(NOTICED, 'is not told that its clock is wrong', async () => {
    const { clockAhead } = await status();
    return clockAhead !== null && Math.abs(clockAhead - aheadMs) < 5_000;
  });
  const sends = Math.abs(aheadMs) < epochMs;
  if (!sends) {
    await must(NOTICED, 'does not pause', async () => (await status()).pause === 'clock');
  }
  say(`${name}: told that its clock is ${Math.round(aheadMs / 1_000)} s ahead`);
  const { id } = await api.call('message.send', { contactId, text: what, clientId: what });
  if (sends) {
    await must(RECOVERED, 'delivers nothing though it is off by little', () => isDelivered(id));
  } else {
    await sleep(STILL);
    const { partsSent } = await api.call('message.get', { id });
    if (partsSent > 0) fault('sent a packet of a wrong epoch');
  }
  set(0);
  await must(RECOVERED, 'does not deliver once its clock is right', () => isDelivered(id));
  await must(NOTICED, 'is told of a wrong clock that is right', async () => {
    const { clockAhead, pause } = await status();
    return clockAhead === null && pause === null;
  });
  say(`${name}: set right, its text is delivered`);
  return faults;
}
