/**
 * What happens to the network while people write: a chapter each, in the order in which they are
 * played. Chapters that take something away for good stand last.
 */
import { sleep } from '../lib/program.ts';
import { wrongClock } from './clocks.ts';
import { drainRelay, joinRelay } from './joining.ts';
import { type Chapter, freeze, newestEpoch, nextEpoch, waitForEpoch } from './stage.ts';

const epochs: Chapter = {
  name: 'two epochs',
  expected: 'documents and keys change twice, nothing is lost',
  async play(stage) {
    const first = await nextEpoch(stage);
    await sleep(2 * stage.epochMs);
    return waitForEpoch(stage, first + 2, stage.epochMs / 2);
  },
};

const authorityDown: Chapter = {
  name: 'authorities down',
  expected: 'with a majority left documents go on; those that return go on signing',
  async play(stage) {
    const { network } = stage.town;
    const names = network.names('authority');
    const down = names.slice(0, Math.floor((names.length - 1) / 2));
    await nextEpoch(stage);
    for (const name of down) await network.kill(name);
    const epoch = await nextEpoch(stage);
    const faults = await waitForEpoch(stage, epoch, stage.epochMs / 2);
    for (const name of down) await network.run(name);
    return faults;
  },
};

const noMajority: Chapter = {
  name: 'no majority of authorities',
  expected: 'no new document; the newest stays in force while it is valid; then documents go on',
  async play(stage) {
    const { network } = stage.town;
    const names = network.names('authority');
    const down = names.slice(0, Math.ceil(names.length / 2));
    await nextEpoch(stage);
    for (const name of down) await network.kill(name);
    const person = stage.crowd.people[0];
    if (person === undefined) return ['nobody is there'];
    const epoch = await nextEpoch(stage);
    const newest = await newestEpoch(person);
    const faults = newest > epoch ? [`a minority signed a document for epoch ${newest}`] : [];
    for (const name of down) await network.run(name);
    const after = await nextEpoch(stage);
    return [...faults, ...(await waitForEpoch(stage, after, stage.epochMs))];
  },
};

const authorityLate: Chapter = {
  name: 'an authority late',
  expected: 'the others publish without it; it signs the same document afterwards',
  async play(stage) {
    const [name] = stage.town.network.names('authority').slice(-1);
    if (name === undefined) return ['no authority'];
    await nextEpoch(stage);
    await freeze(stage, name, stage.epochMs * 0.95);
    const epoch = await nextEpoch(stage);
    return waitForEpoch(stage, epoch, stage.epochMs / 2);
  },
};

const restarts: Chapter = {
  name: 'relays restart in mid-epoch',
  expected: 'they take up keys and replay tags; what they held is sent again by its senders',
  async play({ town, say }) {
    const { network } = town;
    for (const name of [
      ...network.names('mix').slice(0, 3),
      ...network.names('edge').slice(0, 1),
    ]) {
      await network.kill(name);
      await sleep(1_000);
      await network.run(name);
      say(`${name} is back`);
    }
    return [];
  },
};

const joinAndLeave: Chapter = {
  name: 'a relay joins, another leaves',
  expected: 'indices shift with packets in flight; the drained one ends when nothing needs it',
  async play(stage) {
    const name = await joinRelay(stage, 'mix-1');
    stage.say(`${name} is in the network`);
    const [leaver] = stage.town.network.names('mix').filter((one) => one.includes('mix-1'));
    if (leaver === undefined) return ['no mix'];
    await drainRelay(stage, leaver);
    stage.say(`${leaver} has left`);
    return [];
  },
};

const clocks: Chapter = {
  name: 'clocks that are wrong',
  expected:
    'who is an epoch or more off sends nothing, is told so, and goes on when it is set right',
  async play(stage) {
    const faults: string[] = [];
    for (const [what, ms] of [
      ['epoch-ahead', stage.epochMs],
      ['five-minutes-behind', -Math.max(300_000, 2 * stage.epochMs)],
      ['day-ahead', 86_400_000],
      ['day-behind', -86_400_000],
    ] as const) {
      faults.push(...(await wrongClock(stage, what, ms)));
    }
    return faults;
  },
};

const thinLayer: Chapter = {
  name: 'a layer reduced to one',
  expected: 'the remaining mix carries the layer; lost packets are sent again',
  async play(stage) {
    const { network } = stage.town;
    const layer = network.names('mix').filter((name) => name.includes('mix-2'));
    const down = layer.slice(1);
    for (const name of down) await network.kill(name);
    await nextEpoch(stage);
    await sleep(stage.epochMs);
    for (const name of down) await network.run(name);
    return [];
  },
};

const edgeGone: Chapter = {
  name: 'an edge killed for good',
  expected: 'second copies and other edges carry what it held; its clients find another edge',
  async play({ town, epochMs }) {
    const [name] = town.network.names('edge').slice(-1);
    if (name === undefined) return ['no edge'];
    await town.network.kill(name);
    await sleep(epochMs);
    return [];
  },
};

export const CHAPTERS: readonly Chapter[] = [
  epochs,
  authorityDown,
  noMajority,
  authorityLate,
  restarts,
  joinAndLeave,
  clocks,
  thinLayer,
  edgeGone,
];
