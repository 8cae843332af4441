/** The lives of the six, in order. They write all the while from the second chapter on. */

import { seededRng } from '@tacet/testkit';
import { sleep } from '../lib/program.ts';
import { within } from '../network/stage.ts';
import { killOneByOne } from '../restart/killer.ts';
import { block } from './blocks.ts';
import { identity } from './identities.ts';
import { introductions } from './introductions.ts';
import { levels } from './levels.ts';
import { meeting } from './meetings.ts';
import type { Person } from './person.ts';
import { declined, takenBack } from './refusals.ts';
import { shortCode } from './short-code.ts';
import { type Chapter, Witness } from './stage.ts';
import { timer } from './timers.ts';
import { comparing } from './verification.ts';

export const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank'] as const;

const NOTICED = 60_000;
const BACK = 120_000;

const ordinary: Chapter = {
  name: 'an ordinary hour',
  expected: 'texts arrive',
  async play() {
    await sleep(30_000);
    return { seen: '', faults: [] };
  },
};

const kills: Chapter = {
  name: 'kill -9',
  expected: 'every daemon and every relay once, while they write; each goes on with what it saved',
  async play({ town, people, seed, say }) {
    const { network } = town;
    const daemons = people.filter(({ daemon }) => daemon.isRunning).map(({ daemon }) => daemon);
    const victims = [
      ...daemons.map((one) => ({
        name: one.name,
        kill: () => one.kill(),
        start: () => one.start(),
      })),
      ...network.names().map((name) => ({
        name,
        kill: () => network.kill(name),
        start: () => network.run(name),
      })),
    ];
    const enough = new AbortController();
    enough.abort();
    const done = await killOneByOne(
      {
        rng: seededRng(`${seed}/kills`),
        victims,
        least: victims.length,
        between: [300, 1_500],
        down: [100, 2_000],
        say,
      },
      enough.signal,
    );
    return { seen: `${done.length} kills`, faults: [] };
  },
};

const partitions: Chapter = {
  name: 'partitions',
  expected:
    'one person is cut off without a word, then a whole layer stands still: nothing is lost, nobody has to do anything',
  async play({ town, person, say }) {
    const carol = person('carol');
    carol.partition(true);
    say('carol is cut off');
    await sleep(40_000);
    carol.partition(false);
    const layer = town.network.names('mix').filter((name) => name.includes('mix-2'));
    const pids = layer.map((name) => town.network.program(name).pid);
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    say(`${layer.length} mixes stand still`);
    await sleep(10_000);
    for (const pid of pids) process.kill(pid, 'SIGCONT');
    const faults = await linked([carol], BACK);
    return { seen: `40 s without carol, 10 s without ${layer.length} mixes`, faults };
  },
};

const clocks: Chapter = {
  name: 'clock steps',
  expected:
    'a day back: told, nothing is sent until it is set right; a little ahead: told, and texts go on; both go on when the clocks are right',
  async play(stage) {
    const [dave, erin] = [stage.person('dave'), stage.person('erin')];
    const witness = new Witness(stage, NOTICED);
    const must = (who: Person, what: string, holds: (s: Status) => boolean) =>
      witness.see(`${who.name}: ${what}`, async () => holds(await statusOf(who)));
    dave.setClock(-86_400_000);
    erin.setClock(stage.epochMs / 12);
    await Promise.all([
      must(dave, 'nothing is sent, a day behind', ({ pause }) => pause === 'clock'),
      must(erin, 'told of a clock a little ahead', ({ clockAhead }) => clockAhead !== null),
    ]);
    dave.setClock(0);
    erin.setClock(0);
    const isRight = ({ pause, clockAhead }: Status) => pause === null && clockAhead === null;
    await Promise.all([must(dave, 'right again', isRight), must(erin, 'right again', isRight)]);
    return { seen: 'a day behind, a twelfth of an epoch ahead', faults: witness.faults };
  },
};

/** The daemon that is away is stopped by the run at the end of the ordinary hour. */
const absence: Chapter = {
  name: 'a long absence ends',
  expected:
    'no document that was known before is good any more: link, texts and receipts come by themselves',
  async play({ person, ledger, validEpochs, epochMs, say }) {
    const frank = person('frank');
    const missed = [...ledger.lines.values()].filter(({ to }) => to === 'frank').length;
    const began = performance.now();
    await frank.daemon.start();
    const { network } = await statusOf(frank);
    const age = network?.documentAge ?? Infinity;
    const faults =
      age > validEpochs * epochMs ? [] : [`away too short: a document of ${age} ms is held`];
    faults.push(...(await linked([frank], BACK)));
    say(`frank is back on the network after ${seconds(began)} s`);
    return { seen: `${missed} texts for frank so far; link after ${seconds(began)} s`, faults };
  },
};

const nobody: Chapter = {
  name: 'nobody is there',
  expected: 'all six are down at once for longer than an epoch, with texts on their way',
  async play({ people, epochMs }) {
    await Promise.all(people.map(({ daemon }) => daemon.kill()));
    await sleep(1.2 * epochMs);
    await Promise.all(people.map(({ daemon }) => daemon.start()));
    return {
      seen: `${people.length} killed, back after ${(1.2 * epochMs) / 1_000} s`,
      faults: await linked(people, BACK),
    };
  },
};

/** From here on `frank` is away, see `absence`. */
const leaving: Chapter = {
  name: 'somebody leaves',
  expected: 'texts to him wait in boxes',
  async play({ person }) {
    await person('frank').daemon.stop();
    return { seen: 'frank is away', faults: [] };
  },
};

export const CHAPTERS: readonly Chapter[] = [
  meeting,
  ordinary,
  comparing,
  shortCode,
  identity,
  introductions,
  declined,
  takenBack,
  timer,
  block,
  levels,
  leaving,
  kills,
  partitions,
  clocks,
  absence,
  nobody,
];

type Status = Awaited<ReturnType<typeof statusOf>>;

function statusOf(who: Person) {
  return who.persist((api) => api.call('network.status', {}));
}

async function linked(people: readonly Person[], ms: number): Promise<string[]> {
  const seen = await Promise.all(
    people.map(async (one) => {
      const isBack = await within(ms, async () => (await statusOf(one)).link === 'ready');
      return isBack ? [] : [`${one.name} has no link`];
    }),
  );
  return seen.flat();
}

function seconds(began: number): string {
  return ((performance.now() - began) / 1_000).toFixed(1);
}
