/**
 * Program: many clients of one edge in one process. Takes one JSON command a line on standard input,
 * answers each with one JSON line; ends with its input. Started by the benches `clients` and `links`.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Millis, randomBetween } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import { DocumentBook, decodeCard } from '@tacet/directory';
import { BroadcastReader } from '@tacet/wire';
import { Flooder } from './flooder.ts';
import { dial, Member, type Place } from './member.ts';

export type Command =
  | { readonly what: 'join'; readonly links: number; readonly atOnce: number }
  | { readonly what: 'dial'; readonly links: number }
  | { readonly what: 'flood' }
  | { readonly what: 'calm' }
  | { readonly what: 'storm'; readonly links: number }
  | { readonly what: 'stats' };

const [cardPath = '', edge = '0', slot = '0', real = '1'] = process.argv.slice(2);
const card = decodeCard(readFileSync(cardPath, 'utf8').trim());
const own = card.edges[Number(edge)];
if (own === undefined) throw new RangeError('the card has no such edge');
const place: Place = {
  ...own,
  joinSecret: card.joinSecret,
  slotMs: Number(slot),
  real: Number(real),
};
const book = new DocumentBook(card);
const members: Member[] = [];
let flooders: Flooder[] = [];

const sleep = (ms: Millis): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Tries again as a daemon does. Returns how often it took. */
async function insist<T>(work: () => Promise<T>): Promise<{ made: T; tries: number }> {
  for (let tries = 1, pause = 500; ; tries++, pause = Math.min(60_000, 2 * pause)) {
    try {
      return { made: await work(), tries };
    } catch {
      await sleep(pause * randomBetween(systemRng, 0.5, 1.5));
    }
  }
}

/** The document comes over a link of its own, at the period of newcomers, as it does for everybody. */
async function learn(): Promise<void> {
  const { made: link } = await insist(() => dial({ ...place, slotMs: 0 }));
  const reader = new BroadcastReader();
  await new Promise<void>((resolve) => {
    link.onDown(({ broadcast }) => {
      for (const item of reader.take(broadcast)) if (item.kind === 'document') book.add(item.bytes);
      if (book.forBuilding(Date.now()) !== null) resolve();
    });
  });
  link.close();
}

async function join(links: number, atOnce: number): Promise<object> {
  if (book.newest() === null) await learn();
  const start = performance.now();
  let left = links;
  let dials = 0;
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const { made, tries } = await insist(() => dial(place));
      dials += tries;
      members.push(new Member(made, place, book));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return { seconds: (performance.now() - start) / 1_000, tries: dials };
}

async function storm(links: number): Promise<object> {
  const start = performance.now();
  const cpu = process.cpuUsage();
  const all = await Promise.all(Array.from({ length: links }, () => insist(() => dial(place))));
  const seconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const tries = all.reduce((sum, { tries: n }) => sum + n, 0);
  for (const { made } of all) made.close();
  return { seconds, tries, cpuMs: (user + system) / 1_000 };
}

async function obey(command: Command): Promise<object> {
  switch (command.what) {
    case 'join':
      return await join(command.links, command.atOnce);
    case 'dial':
      flooders = await Promise.all(
        Array.from({ length: command.links }, () => Flooder.open(place)),
      );
      return {};
    case 'flood':
      for (const flooder of flooders) void flooder.pour();
      return {};
    case 'calm':
      for (const flooder of flooders) flooder.stop();
      return { sent: flooders.reduce((sum, { sent }) => sum + sent, 0) };
    case 'storm':
      return await storm(command.links);
    case 'stats': {
      const sum = (of: (member: Member) => number): number =>
        members.reduce((all, member) => all + of(member), 0);
      return {
        at: performance.now(),
        up: sum(({ framesUp }) => framesUp),
        down: sum(({ framesDown }) => framesDown),
        replies: sum(({ replies }) => replies),
        closed: sum(({ closed }) => (closed ? 1 : 0)),
        lateness: members.flatMap((member) => member.takeLateness()),
      };
    }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await obey(JSON.parse(line) as Command))}\n`);
}
process.exit(0);
