/**
 * Whether slots are later while a backup is made: the production daemon on a network, by turns with
 * backups one after the other, every piece written anew, and without. Each stretch is a life of its own.
 */
import { join } from 'node:path';
import type { LatenessView } from '@tacet/api';
import { SECOND } from '@tacet/base';
import { defaultParameters } from '@tacet/directory';
import { type DaemonProcess, priorityGranted, sleep, Town } from '@tacet/e2e/lib';
import { median } from '@tacet/testkit/quantile';
import type { Figures } from '../list.ts';

const ROUNDS = 3;
const STRETCH = 40 * SECOND;
const SLOT = SECOND / 4;
const RATES = { slotMs: SLOT, inUseSlotMs: SLOT, delayMeanMs: 100, digestMs: 1_000 };

interface Stretch {
  readonly lateness: LatenessView;
  readonly longestMs: number;
  readonly backups: number;
}

/** @param text of each of the profile's `texts` */
export async function slots(
  texts: number,
  text: string,
  say: (line: string) => void,
): Promise<Figures> {
  const { crowd: _, ...rates } = defaultParameters;
  return await Town.with({ parameters: { ...rates, ...RATES }, urgent: true }, async (town) => {
    const alice = await town.person('alice');
    await alice.api.call('level.set', { level: 'strong' });
    const { id } = await alice.api.call('note.open', {});
    for (let n = 0; n < texts; n++) {
      await alice.api.call('message.send', {
        contactId: id,
        text: `${n} ${text}`,
        clientId: `${n}`,
      });
    }
    const { phrase } = await alice.api.call('backup.phrase', {});
    await alice.api.call('backup.set', { phrase, folder: join(town.dir, 'backup') });
    await alice.api.call('backup.create', {});
    const calm: Stretch[] = [];
    const busy: Stretch[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      for (const [stretches, backups] of [
        [calm, false],
        [busy, true],
      ] as const) {
        const one = await stretch(town, alice, backups);
        say(`${backups ? 'with backups' : 'without'}: ${JSON.stringify(one)}`);
        stretches.push(one);
      }
    }
    return {
      ...named('calm', calm),
      ...named('backup', busy),
      slots_backups: busy.reduce((sum, one) => sum + one.backups, 0),
      priority: priorityGranted() ? 1 : 0,
    };
  });
}

async function stretch(town: Town, alice: DaemonProcess, backups: boolean): Promise<Stretch> {
  await alice.stop();
  await alice.start();
  await town.until('the line stands', 60 * SECOND, async () => {
    return (await alice.api.call('network.status', {})).link === 'ready';
  });
  const end = performance.now() + STRETCH;
  let made = 0;
  if (backups) {
    for (; performance.now() < end; made++) await alice.api.call('backup.create', { whole: true });
  } else await sleep(STRETCH);
  const { lateness, longestStep } = (await alice.api.call('status', {})).debug;
  return { lateness, longestMs: longestStep, backups: made };
}

function named(name: string, stretches: readonly Stretch[]): Figures {
  const each = (of: (one: Stretch) => number): number[] => stretches.map(of);
  return {
    [`slots_${name}`]: each(({ lateness }) => lateness.slots).reduce((a, b) => a + b, 0),
    [`slots_${name}_missed`]: each(({ lateness }) => lateness.missed).reduce((a, b) => a + b, 0),
    [`slots_${name}_p50_ms`]: median(each(({ lateness }) => lateness.p50)),
    [`slots_${name}_p99_ms`]: median(each(({ lateness }) => lateness.p99)),
    [`slots_${name}_max_ms`]: Math.max(...each(({ lateness }) => lateness.max)),
    [`slots_${name}_longest_ms`]: Math.max(...each(({ longestMs }) => longestMs)),
  };
}
