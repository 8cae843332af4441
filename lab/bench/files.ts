/**
 * Files over a real network: processes, sockets, stores, disks (docs/spec/19-files.md). How long 100 kB take
 * by level and 1 MB in Transfer, at usual rates; and how much a daemon grows while a large one passes,
 * at rates that the document makes quicker.
 */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { FILE_PIECE, fileBytes, type MessageView } from '@tacet/api';
import { base64url, MINUTE, type Millis, SECOND } from '@tacet/base';
import { defaultParameters, type Parameters } from '@tacet/directory';
import { type DaemonProcess, introduce, priorityGranted, sleep, Town } from '@tacet/e2e/lib';
import type { BenchArguments, Figures } from './list.ts';
import { usageOf } from './usage.ts';

const { slotMs, inUseSlotMs, transferSlotMs, digestMs, holdMeanMs } = defaultParameters;
const { secondCopyMinMs, secondCopyMaxMs, receiptMs, receiptInUseMs } = defaultParameters;
/** 1/mu of the figure asked for; everything else as usual. */
const USUAL: Partial<Parameters> = {
  ...{ slotMs, inUseSlotMs, transferSlotMs, digestMs, holdMeanMs, delayMeanMs: 500 },
  ...{ secondCopyMinMs, secondCopyMaxMs, receiptMs, receiptInUseMs },
};
/** A hundred packets a second, so that a large file takes minutes and not days. */
const QUICK: Partial<Parameters> = {
  ...{ slotMs: 100, inUseSlotMs: 50, transferSlotMs: 10, transferBlockMs: 60 * MINUTE },
  ...{ delayMeanMs: 50, digestMs: 500, receiptMs: 500, receiptInUseMs: 500 },
  ...{ secondCopyMinMs: 500, secondCopyMaxMs: 5_000 },
};
/** Windows say as often that they are visible. */
const HEARTBEAT: Millis = 15 * SECOND;
const PATIENCE: Millis = 100 * MINUTE;
/** Of the large file where nothing else is said. */
const LARGE_MB = 20;

interface Pair {
  readonly town: Town;
  readonly alice: DaemonProcess;
  readonly bob: DaemonProcess;
  readonly atAlice: string;
  readonly atBob: string;
}

export async function run(args: BenchArguments, say: (line: string) => void): Promise<Figures> {
  const large = Number(args.megabytes ?? LARGE_MB);
  if (!Number.isFinite(large) || large <= 0 || large > 256) {
    throw new RangeError('--megabytes takes a number up to 256');
  }
  const kills = Number(args.kills ?? 0);
  if (!Number.isInteger(kills) || kills < 0 || kills > 20) {
    throw new RangeError('--kills takes a whole number up to 20');
  }
  const parts = (args.part ?? 'levels,transfer,large').split(',');
  const wanted = (name: string): boolean => parts.includes(name);
  let figures: Figures = {};
  if (wanted('levels') || wanted('transfer')) {
    figures = await Town.with({ parameters: USUAL, urgent: true }, async (town) => {
      const pair = await meet(town, say);
      return {
        ...(wanted('levels') ? await levels(pair, say) : {}),
        ...(wanted('transfer') ? await transfer(pair, say) : {}),
      };
    });
  }
  if (wanted('large')) {
    const grown = await Town.with({ parameters: QUICK, urgent: true }, async (town) =>
      growth(await meet(town, say), { size: large * 1_000_000, kills }, say),
    );
    figures = { ...figures, ...grown };
  }
  return { ...figures, priority: priorityGranted() ? 1 : 0 };
}

async function meet(town: Town, say: (line: string) => void): Promise<Pair> {
  const [alice, bob] = [await town.person('alice'), await town.person('bob')];
  const { atHost, atGuest } = await introduce(town, alice, bob);
  say('two people have met');
  return { town, alice, bob, atAlice: atHost, atBob: atGuest };
}

async function levels(pair: Pair, say: (line: string) => void): Promise<Figures> {
  const { town, alice, bob, atAlice, atBob } = pair;
  const figures: Figures = {};
  for (const level of ['strong', 'balanced'] as const) {
    for (const [{ api }, contactId] of [
      [alice, atAlice],
      [bob, atBob],
    ] as const) {
      await api.call('level.set', { level });
      await town.until('the level is in force', PATIENCE, async () => {
        return (await api.call('level.compare', {})).next === null;
      });
      if (level === 'balanced') await api.call('conversation.read', { contactId });
    }
    const size = 100_000;
    const timed = async () => {
      await sleep(10 * SECOND);
      const told = await alice.api.call('file.preview', { size });
      return { ...told, ...(await send(pair, size, false)) };
    };
    const { leastMs, mostMs, boxes, seconds } = await (level === 'balanced'
      ? inUse([alice, bob], timed)
      : timed());
    const period = level === 'strong' ? slotMs : inUseSlotMs;
    const floor = (2 * boxes * period) / (1 - defaultParameters.loopPermille / 1_000) / SECOND;
    figures[`${level}_100kb_s`] = seconds;
    figures[`${level}_100kb_over_slots`] = seconds / floor;
    figures[`${level}_100kb_as_told`] =
      seconds * SECOND >= leastMs && seconds * SECOND <= mostMs ? 1 : 0;
    say(`${level}: 100 kB in ${seconds.toFixed(1)} s`);
  }
  return figures;
}

/** While their windows are looked at: an open one says so again and again. */
async function inUse<T>(people: readonly DaemonProcess[], work: () => Promise<T>): Promise<T> {
  const look = () =>
    Promise.all(people.map(({ api }) => api.call('window.heartbeat', { visible: true })));
  await look();
  let failed: unknown = null;
  const timer = setInterval(() => {
    look().catch((error: unknown) => {
      failed = error;
    });
  }, HEARTBEAT);
  try {
    const result = await work();
    if (failed !== null) throw failed;
    return result;
  } finally {
    clearInterval(timer);
  }
}

async function transfer(pair: Pair, say: (line: string) => void): Promise<Figures> {
  const size = 1_000_000;
  const told = (await pair.alice.api.call('file.preview', { size })).transfer;
  assert.ok(told !== null);
  const { seconds, moving } = await send(pair, size, true);
  say(`Transfer: 1 MB in ${moving.toFixed(1)} s, ${seconds.toFixed(1)} s from the reader's word`);
  const ms = seconds * SECOND;
  return {
    transfer_1mb_s: moving,
    transfer_1mb_from_word_s: seconds,
    transfer_1mb_as_told: ms >= told.leastMs && ms <= told.mostMs ? 1 : 0,
  };
}

interface Large {
  /** Bytes. */
  readonly size: number;
  /** How often each of the two is ended by kill -9 on the way, in turns, and started again. */
  readonly kills: number;
}

async function growth(
  pair: Pair,
  { size, kills }: Large,
  say: (line: string) => void,
): Promise<Figures> {
  const people = [pair.alice, pair.bob] as const;
  // Code is compiled, caches are filled.
  await send(pair, 300_000, true);
  const before = people.map(({ pid }) => usageOf(pid).rssKb);
  const most = [...before];
  let killed = 0;
  const look = async (share: number): Promise<void> => {
    for (const [n, { pid }] of people.entries()) {
      most[n] = Math.max(most[n] ?? 0, usageOf(pid).rssKb);
    }
    if (killed === 2 * kills || share < (killed + 1) / (2 * kills + 1)) return;
    const one = people[killed % 2 === 0 ? 0 : 1];
    killed += 1;
    await one.kill();
    await one.start();
    say(
      `${Math.round(100 * share)} %: ${one.name} killed and started again, ${killed} times in all`,
    );
  };
  const { seconds } = await send(pair, size, true, look);
  assert.equal(killed, 2 * kills, 'it was here before all kills');
  const [writer = 0, reader = 0] = most.map((kb, n) => (kb - (before[n] ?? 0)) / 1_024);
  say(
    `${size / 1e6} MB in ${seconds.toFixed(0)} s: ${writer.toFixed(0)} and ${reader.toFixed(0)} MB`,
  );
  return {
    rss_growth_mb: Math.max(writer, reader),
    ...{ rss_growth_writer_mb: writer, rss_growth_reader_mb: reader },
    ...{ large_mb: size / 1e6, large_s: seconds, large_kills: killed },
  };
}

interface Took {
  /** From the writer's word, or the reader's where theirs must be waited for. */
  readonly seconds: number;
  /** From when both lines were in Transfer and parts were written. */
  readonly moving: number;
}

/**
 * From Alice to Bob, checked to the byte.
 * @param look told some ten times a second what share of it is here
 */
async function send(
  pair: Pair,
  size: number,
  quick: boolean,
  look: (share: number) => Promise<void> = async () => undefined,
): Promise<Took> {
  const { town, alice, bob, atAlice, atBob } = pair;
  const { upload } = await alice.api.call('file.begin', { size });
  const sum = createHash('sha256');
  for (let at = 0; at < size; ) {
    const bytes = randomBytes(Math.min(FILE_PIECE, size - at));
    sum.update(bytes);
    ({ at } = await alice.api.call('file.put', { upload, at, bytes: base64url(bytes) }));
  }
  const known = await newest(bob, atBob);
  let from = performance.now();
  const { id } = await alice.api.call('file.send', {
    ...{ upload, contactId: atAlice, clientId: `file ${from}`, transfer: quick },
    ...{ name: 'notes.bin', mediaType: 'application/octet-stream', kind: 'file' },
  });
  await town.until('it is offered', PATIENCE, async () => {
    const line = await newest(bob, atBob);
    return line !== null && line.id !== known?.id && line.file !== null;
  });
  const offered = (await newest(bob, atBob)) ?? assert.fail();
  if (offered.file?.state === 'offered') from = performance.now();
  if (offered.file?.state === 'offered' || quick) {
    await bob.api.call('file.want', { id: offered.id, transfer: quick });
  }
  let moving = from;
  let begun = !quick;
  await town.until('it is here', PATIENCE, async () => {
    await sleep(100);
    if (!begun && (await isMoving(alice, bob, id))) {
      begun = true;
      moving = performance.now();
    }
    const { done = 0, parts = 1, state } = (await newest(bob, atBob))?.file ?? {};
    if (state !== 'here') await look(done / parts);
    return state === 'here';
  });
  const end = performance.now();
  assert.equal(await sumOf(bob, offered.id), sum.digest('hex'));
  return { seconds: (end - from) / SECOND, moving: (end - moving) / SECOND };
}

async function isMoving(alice: DaemonProcess, bob: DaemonProcess, id: string): Promise<boolean> {
  for (const { api } of [alice, bob]) {
    if ((await api.call('status', {})).status?.transfer?.state !== 'on') return false;
  }
  return (await alice.api.call('message.get', { id })).file?.state !== 'offered';
}

async function newest({ api }: DaemonProcess, contactId: string): Promise<MessageView | null> {
  const { messages } = await api.call('message.list', { contactId, limit: 1 });
  return messages.at(-1) ?? null;
}

async function sumOf({ api }: DaemonProcess, id: string): Promise<string> {
  const sum = createHash('sha256');
  for await (const bytes of fileBytes(api, id)) sum.update(bytes);
  return sum.digest('hex');
}
