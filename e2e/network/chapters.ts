/**
 * What happens to the network while people write: a chapter each, in the order in which they are
 * played. Chapters that take something away for good stand last.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from '../lib/program.ts';
import { clocks } from './clocks.ts';
import { inLayer, newestDocument } from './directory.ts';
import { drainRelay, joinRelay } from './joining.ts';
import {
  type Chapter,
  epochNow,
  freeze,
  newestAnywhere,
  nextEpoch,
  type Stage,
  waitForEpoch,
  wholeEpoch,
  within,
} from './stage.ts';
import { startTwin } from './twin.ts';

/** An authority that comes back asks the others within two seconds. */
const CAUGHT_UP = 15_000;

/** As many of the last ones as may fail: floor((n - 1) / 2). */
function minority({ town }: Stage): string[] {
  const names = town.network.names('authority');
  const failing = Math.floor((names.length - 1) / 2);
  return failing === 0 ? [] : names.slice(-failing);
}

const epochs: Chapter = {
  name: 'two epochs',
  expected: 'documents and keys change twice, nothing is lost',
  async play(stage) {
    const first = await wholeEpoch(stage);
    await nextEpoch(stage);
    await nextEpoch(stage);
    const faults = await waitForEpoch(stage, first + 2, stage.epochMs / 2);
    return { seen: `epochs ${first} to ${first + 2}, everybody has each document`, faults };
  },
};

const authorityDown: Chapter = {
  name: 'authorities down',
  expected: 'with a majority left documents go on; those that return have what they missed',
  async play(stage) {
    const { network } = stage.town;
    const down = minority(stage);
    await wholeEpoch(stage);
    for (const name of down) await network.kill(name);
    const epoch = await nextEpoch(stage);
    const faults = await waitForEpoch(stage, epoch, stage.epochMs / 2);
    for (const name of down) await network.run(name);
    for (const name of down) {
      const has = async () => (await network.counters(name))['published'] !== undefined;
      if (!(await within(CAUGHT_UP, has)))
        faults.push(`${name} is back, without document ${epoch}`);
    }
    return {
      seen: `${down.length} killed: a document without them, ${down.length} back with it`,
      faults,
    };
  },
};

const noMajority: Chapter = {
  name: 'no majority of authorities',
  expected: 'no new document; the newest stays in force while it is valid; then documents go on',
  async play(stage) {
    const { network } = stage.town;
    const names = network.names('authority');
    const down = names.slice(0, Math.ceil(names.length / 2));
    const last = await wholeEpoch(stage);
    for (const name of down) await network.kill(name);
    const epoch = await nextEpoch(stage);
    const newest = await newestAnywhere(stage);
    const faults = newest > last ? [`a minority signed a document for epoch ${newest}`] : [];
    const open = await stage.crowd.settle(stage.epochMs / 2);
    if (open.length > 0) faults.push(`${open.length} texts wait for a document`);
    for (const name of down) await network.run(name);
    const after = await nextEpoch(stage);
    faults.push(...(await waitForEpoch(stage, after, stage.epochMs)));
    const without = `${down.length} killed: none for epoch ${epoch}, texts go on`;
    return { seen: `${without}; with them again one for ${after}`, faults };
  },
};

const authorityLate: Chapter = {
  name: 'an authority late',
  expected:
    'the others publish without it; afterwards it has the same document and goes on signing',
  async play(stage) {
    const { network } = stage.town;
    const [name = ''] = network.names('authority').slice(-1);
    const next = (await wholeEpoch(stage)) + 1;
    const { published = 0 } = await network.counters(name);
    // Past votes, signatures and publication, into the next epoch.
    await freeze(stage, name, next * stage.epochMs + stage.epochMs / 20 - Date.now());
    const faults = await waitForEpoch(stage, next, stage.epochMs / 2);
    await nextEpoch(stage);
    faults.push(...(await waitForEpoch(stage, next + 1, stage.epochMs / 2)));
    const after = await network.counters(name);
    const had = (after['published'] ?? 0) - published;
    if (had < 2) faults.push(`${name} has ${had} of the two documents`);
    if (after['equivocation-document']) faults.push(`${name} holds two documents of one epoch`);
    return {
      seen: `stopped for most of an epoch: everybody has ${next}, it too, and ${next + 1}`,
      faults,
    };
  },
};

const equivocating: Chapter = {
  name: 'authorities that equivocate',
  expected:
    'a document each epoch, one only; two votes of one voter count for nothing and are kept',
  async play(stage) {
    const { network } = stage.town;
    const { crowd, epochMs } = stage;
    const liars = minority(stage);
    const honest = network.names('authority').filter((name) => !liars.includes(name));
    await wholeEpoch(stage);
    const twins: string[] = [];
    for (const name of liars) twins.push(await startTwin(stage, name));
    const epoch = await nextEpoch(stage);
    const faults = await waitForEpoch(stage, epoch, epochMs / 2);
    let pairs = 0;
    for (const name of honest) {
      const {
        'equivocation-vote': votes = 0,
        evidence = 0,
        ...more
      } = await network.counters(name);
      pairs += evidence;
      if (votes < liars.length) faults.push(`${name} saw ${votes} pairs of votes`);
      if (evidence < liars.length) faults.push(`${name} kept ${evidence} pairs`);
      if (more['equivocation-document']) faults.push(`${name} holds two documents of one epoch`);
    }
    for (const { name, api } of crowd.people) {
      const { status } = await api.call('status', {});
      if (status?.disputes.length !== 0) faults.push(`${name} has a dispute about a document`);
    }
    // An authority no operator knows of: nobody asks it to admit a relay later.
    for (const name of twins) await network.dismiss(name);
    return {
      seen: `${liars.length} voted twice: document ${epoch} is there, ${pairs} pairs kept by ${honest.length}`,
      faults,
    };
  },
};

const restarts: Chapter = {
  name: 'relays restart in mid-epoch',
  expected: 'they take up keys and replay tags; what they held is sent again by its senders',
  async play(stage) {
    const { network } = stage.town;
    const names = [...network.names('mix').slice(0, 3), ...network.names('edge').slice(0, 1)];
    const faults: string[] = [];
    let tags = 0;
    for (const name of names) {
      const epoch = await wholeEpoch(stage);
      await network.kill(name);
      const before = heldBy(network, name, epoch);
      await sleep(1_000);
      await network.run(name);
      const { seed, log } = heldBy(network, name, epoch);
      const now = epochNow(stage);
      if (now !== epoch) faults.push(`${name}, killed in epoch ${epoch}, was back in ${now}`);
      if (!seed.equals(before.seed)) faults.push(`${name} made a new key for epoch ${epoch}`);
      // The log is read at the start, and what is read again is what stood there.
      if (before.log === 0) faults.push(`${name} had no tag of epoch ${epoch} on disk`);
      if (log < before.log) faults.push(`${name} lost tags: ${before.log} bytes, then ${log}`);
      tags += before.log;
      stage.say(`${name} is back`);
    }
    const seen = `${names.length} killed with -9, back in their epoch with key and ${tags} bytes of tags`;
    return { seen, faults };
  },
};

/** What a relay has on disk of an epoch. */
function heldBy(
  network: Stage['town']['network'],
  name: string,
  epoch: number,
): { readonly seed: Buffer; readonly log: number } {
  const data = join(network.folder(name), 'data');
  return {
    seed: readFileSync(join(data, 'epochs', `${epoch}.seed`)),
    log: statSync(join(data, 'replay', `${epoch}.log`)).size,
  };
}

const joinAndLeave: Chapter = {
  name: 'a relay joins, another leaves',
  expected: 'indices shift with packets in flight; the drained one ends when nothing needs it',
  async play(stage) {
    const { network } = stage.town;
    const before = newestDocument(network).relays.length;
    const name = await joinRelay(stage, 'mix-1');
    stage.say(`${name} is in the network`);
    const during = newestDocument(network).relays.length;
    const [leaver] = network.names('mix').filter((one) => one.includes('mix-1'));
    if (leaver === undefined) return { seen: '', faults: ['no mix'] };
    await drainRelay(stage, leaver);
    stage.say(`${leaver} has left`);
    const after = newestDocument(network).relays.length;
    const faults = [];
    if (during !== before + 1 || after !== before) {
      faults.push(`documents list ${before}, ${during}, ${after} relays`);
    }
    return { seen: `documents list ${before}, ${during}, ${after} relays`, faults };
  },
};

const thinLayer: Chapter = {
  name: 'a layer reduced to one',
  expected:
    'dead mixes stand in documents until their keys end; lost packets are sent again; then the one that is left carries the layer',
  async play(stage) {
    const { network } = stage.town;
    const layer = network.names('mix').filter((name) => name.includes('mix-2'));
    const down = layer.slice(1);
    const { parameters } = newestDocument(network);
    const last = (await wholeEpoch(stage)) + parameters.keysAhead;
    for (const name of down) await network.kill(name);
    while (epochNow(stage) <= last) await nextEpoch(stage);
    const epoch = epochNow(stage);
    const faults = await waitForEpoch(stage, epoch, stage.epochMs / 2);
    const left = inLayer(newestDocument(network), 2);
    if (left !== 1) faults.push(`document ${epoch} lists ${left} mixes of layer 2`);
    // Ready, and so in a document again.
    await Promise.all(down.map((name) => network.run(name)));
    return {
      seen: `${down.length} of ${layer.length} killed: document ${epoch} lists ${left} of layer 2`,
      faults,
    };
  },
};

const edgeGone: Chapter = {
  name: 'an edge killed for good',
  expected: 'second copies and other edges carry what it held; its clients find another edge',
  async play(stage) {
    const { town, crowd, epochMs } = stage;
    const [name] = town.network.names('edge').slice(-1);
    if (name === undefined) return { seen: '', faults: ['no edge'] };
    const linked = async () =>
      Promise.all(crowd.people.map(async ({ api }) => (await api.call('network.status', {})).link));
    await town.network.kill(name);
    await sleep(1_000);
    const cut = (await linked()).filter((link) => link !== 'ready').length;
    await nextEpoch(stage);
    await within(epochMs, async () => (await linked()).every((link) => link === 'ready'));
    const still = (await linked()).filter((link) => link !== 'ready').length;
    const faults = still === 0 ? [] : [`${still} people have no edge`];
    return { seen: `${cut} people lost their edge, ${still} are without`, faults };
  },
};

export const CHAPTERS: readonly Chapter[] = [
  clocks,
  epochs,
  authorityDown,
  noMajority,
  authorityLate,
  equivocating,
  restarts,
  joinAndLeave,
  thinLayer,
  edgeGone,
];
