/**
 * People in pairs who go on writing to each other, whatever happens to their network. Every text
 * is different, so that each can be counted at the other end.
 */
import { type Millis, type Rng, randomExponential } from '@tacet/base';
import { allMessages, type DaemonProcess } from '../lib/daemon.ts';
import { introduce } from '../lib/meet.ts';
import { sleep } from '../lib/program.ts';
import { undelivered } from '../lib/tally.ts';
import type { Town } from '../lib/town.ts';
import { isDown } from '../restart/writer.ts';

export interface Voice {
  readonly daemon: DaemonProcess;
  /** The other one, as this person's contact. */
  readonly contactId: string;
}

interface Said {
  readonly id: string;
  readonly text: string;
  readonly at: Millis;
  /** What was played when it was given. */
  readonly chapter: string;
}

/** One direction of one pair. */
interface Line {
  readonly from: Voice;
  readonly to: Voice;
  readonly said: Said[];
}

/** Of the texts given in one chapter, or in all. */
export interface Tally {
  readonly given: number;
  /** Confirmed to their writer. */
  readonly delivered: number;
  readonly lost: readonly string[];
  readonly twice: readonly string[];
  /** From giving it to having it at the other end, s: of the slowest in a hundred, of the last. */
  readonly p99S: number;
  readonly maxS: number;
}

export interface Tallies {
  readonly all: Tally;
  /** In a conversation, but never given there. */
  readonly foreign: readonly string[];
  readonly of: (chapter: string) => Tally;
}

interface Fate extends Said {
  readonly where: string;
  readonly delivered: boolean;
  /** At the other end; none: lost. */
  readonly arrivals: readonly Millis[];
}

export interface CrowdOptions {
  readonly people: number;
  /** Mean pause of a person between two texts, ms. */
  readonly pauseMs: number;
  readonly rng: Rng;
  readonly say: (line: string) => void;
}

/** So many daemons are made at once: each takes 256 MiB for its passphrase. */
const AT_ONCE = 6;
/** Between two looks at what is not confirmed yet, ms. */
const LOOK = 1_000;

export class Crowd {
  readonly people: readonly DaemonProcess[];
  private readonly lines: readonly Line[];
  private readonly options: CrowdOptions;
  private readonly over = new AbortController();
  private talking: Promise<unknown> = Promise.resolve();
  /** Texts given from now on belong to it. */
  chapter = '';

  private constructor(
    people: readonly DaemonProcess[],
    lines: readonly Line[],
    options: CrowdOptions,
  ) {
    this.people = people;
    this.lines = lines;
    this.options = options;
  }

  static async gather(town: Town, options: CrowdOptions): Promise<Crowd> {
    const { people: count, say } = options;
    const names = Array.from({ length: count }, (_, i) => `person-${i + 1}`);
    const people = await inTurns(names, AT_ONCE, async (name) => {
      const person = await town.person(name);
      say(`${name} is on the network`);
      return person;
    });
    const pairs = people.flatMap((one, i) => {
      const other = people[i + 1];
      return i % 2 === 0 && other !== undefined ? [[one, other] as const] : [];
    });
    const lines = await inTurns(pairs, pairs.length, async ([host, guest]) => {
      const { atHost, atGuest } = await introduce(town, host, guest);
      say(`${host.name} and ${guest.name} can write`);
      const [a, b] = [
        { daemon: host, contactId: atHost },
        { daemon: guest, contactId: atGuest },
      ];
      return [
        { from: a, to: b, said: [] },
        { from: b, to: a, said: [] },
      ];
    });
    return new Crowd(people, lines.flat(), options);
  }

  /** Everybody writes at random moments until `quiet`. */
  talk(): void {
    this.talking = Promise.all(this.lines.map((line) => this.write(line)));
    this.talking.catch(() => {});
  }

  /** Texts given so far. */
  get given(): number {
    return this.lines.reduce((sum, { said }) => sum + said.length, 0);
  }

  /** Waits until what was given up to now is delivered; the texts that are not when `ms` are up. */
  async settle(ms: number): Promise<string[]> {
    const now = Date.now();
    const open = await Promise.all(
      this.lines.map(async ({ from, said }) => {
        const ids = said.filter(({ at }) => at <= now).map(({ id }) => id);
        return undelivered(from.daemon, ids, ms, LOOK);
      }),
    );
    return open.flat();
  }

  /** Nobody writes any more; counts what everybody has. */
  async quiet(ms: number): Promise<Tallies> {
    this.over.abort();
    await this.talking;
    const open = new Set(await this.settle(ms));
    const fates: Fate[] = [];
    const foreign: string[] = [];
    for (const { from, to, said } of this.lines) {
      const where = `${from.daemon.name} to ${to.daemon.name}`;
      const arrived = new Map<string, Millis[]>();
      for (const { text, direction, arrivedAt } of await allMessages(to.daemon, to.contactId)) {
        if (direction === 'in') arrived.set(text, [...(arrived.get(text) ?? []), arrivedAt ?? 0]);
      }
      for (const one of said) {
        const arrivals = arrived.get(one.text) ?? [];
        fates.push({ ...one, where, delivered: !open.has(one.id), arrivals });
        arrived.delete(one.text);
      }
      foreign.push(...[...arrived.keys()].map((text) => `${where}: ${text}`));
    }
    return {
      all: tallyOf(fates),
      foreign,
      of: (chapter) => tallyOf(fates.filter((fate) => fate.chapter === chapter)),
    };
  }

  private async write({ from, said }: Line): Promise<void> {
    const { rng, pauseMs } = this.options;
    while (!this.over.signal.aborted) {
      await sleep(randomExponential(rng, pauseMs));
      const text = `${from.daemon.name} ${said.length}`;
      const { chapter } = this;
      const at = Date.now();
      try {
        const { contactId } = from;
        const { id } = await from.daemon.api.call('message.send', {
          contactId,
          text,
          clientId: text,
        });
        said.push({ id, text, at, chapter });
      } catch (error) {
        // Given again with the same id of the caller.
        if (!isDown(error)) throw error;
      }
    }
  }
}

async function inTurns<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const i = next++;
      results[i] = await work(items[i] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}

function tallyOf(fates: readonly Fate[]): Tally {
  const named = (list: readonly Fate[]) => list.map(({ where, text }) => `${where}: ${text}`);
  const seconds = fates
    .flatMap(({ at, arrivals: [first] }) => (first === undefined ? [] : [(first - at) / 1_000]))
    .sort((a, b) => a - b);
  return {
    given: fates.length,
    delivered: fates.filter(({ delivered }) => delivered).length,
    lost: named(fates.filter(({ arrivals }) => arrivals.length === 0)),
    twice: named(fates.filter(({ arrivals }) => arrivals.length > 1)),
    p99S: seconds[Math.ceil(seconds.length * 0.99) - 1] ?? 0,
    maxS: seconds.at(-1) ?? 0,
  };
}
