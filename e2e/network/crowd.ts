/**
 * People in pairs who go on writing to each other, whatever happens to their network. Every text
 * is different, so that each can be counted at the other end.
 */
import { type Rng, randomExponential } from '@tacet/base';
import type { DaemonProcess } from '../lib/daemon.ts';
import { introduce } from '../lib/meet.ts';
import { sleep } from '../lib/program.ts';
import { missing, received, repeated, undelivered } from '../lib/tally.ts';
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
  /** Of this process, ms. */
  readonly at: number;
}

/** One direction of one pair. */
interface Line {
  readonly from: Voice;
  readonly to: Voice;
  readonly said: Said[];
}

export interface Tally {
  readonly given: number;
  readonly delivered: number;
  readonly lost: readonly string[];
  readonly twice: readonly string[];
  readonly foreign: readonly string[];
}

export interface CrowdOptions {
  readonly people: number;
  /** Mean pause of a person between two texts, ms. */
  readonly pauseMs: number;
  readonly rng: Rng;
  readonly say: (line: string) => void;
}

/** So many daemons are made at once: each takes 256 MiB for its passphrase. */
const AT_ONCE = 2;

export class Crowd {
  readonly people: readonly DaemonProcess[];
  private readonly lines: readonly Line[];
  private readonly options: CrowdOptions;
  private readonly over = new AbortController();
  private talking: Promise<unknown> = Promise.resolve();

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
    const now = performance.now();
    const open = await Promise.all(
      this.lines.map(async ({ from, said }) => {
        const ids = said.filter(({ at }) => at <= now).map(({ id }) => id);
        return undelivered(from.daemon, ids, ms);
      }),
    );
    return open.flat();
  }

  /** Nobody writes any more; counts what everybody has. */
  async quiet(ms: number): Promise<Tally> {
    this.over.abort();
    await this.talking;
    const open = await this.settle(ms);
    const lost: string[] = [];
    const twice: string[] = [];
    const foreign: string[] = [];
    for (const { from, to, said } of this.lines) {
      const texts = said.map(({ text }) => text);
      const there = await received(to.daemon, to.contactId);
      const name = (list: readonly string[]) =>
        list.map((text) => `${from.daemon.name} to ${to.daemon.name}: ${text}`);
      lost.push(...name(missing(texts, there)));
      twice.push(...name(repeated(there)));
      foreign.push(...name(missing(there, texts)));
    }
    return { given: this.given, delivered: this.given - open.length, lost, twice, foreign };
  }

  private async write({ from, said }: Line): Promise<void> {
    const { rng, pauseMs } = this.options;
    while (!this.over.signal.aborted) {
      await sleep(randomExponential(rng, pauseMs));
      const text = `${from.daemon.name} ${said.length}`;
      try {
        const { contactId } = from;
        const { id } = await from.daemon.api.call('message.send', {
          contactId,
          text,
          clientId: text,
        });
        said.push({ id, text, at: performance.now() });
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
