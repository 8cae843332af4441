/** Texts that people write to each other at a steady pace, and when each arrived. */
import { type Rng, randomBetween } from '@tacet/base';
import { allMessages } from '../lib/daemon.ts';
import { sleep } from '../lib/program.ts';
import type { PersonMachine } from './person.ts';

/** One direction between two people. */
export interface Line {
  readonly from: PersonMachine;
  readonly to: PersonMachine;
  /** `to`, as a contact of `from`. */
  readonly toId: string;
  /** `from`, as a contact of `to`. */
  readonly fromId: string;
}

export interface Sent {
  /** From whom, and which of theirs. */
  readonly text: string;
  /** When it was given to the daemon, epoch ms. */
  readonly wroteAt: number;
  /** When it was saved at the other end, epoch ms; none: lost, two: twice. */
  readonly arrivedAt: readonly number[];
}

interface Page extends Line {
  readonly wrote: Map<string, number>;
}

export class Flow {
  private readonly pages: readonly Page[];
  private readonly rng: Rng;
  private running = true;
  private done: Promise<unknown> = Promise.resolve();

  constructor(lines: readonly Line[], rng: Rng) {
    this.pages = lines.map((line) => ({ ...line, wrote: new Map() }));
    this.rng = rng;
  }

  /** @param paceMs mean pause between two texts of one line */
  start(paceMs: number): void {
    this.done = Promise.all(this.pages.map((page) => this.write(page, paceMs)));
    this.done.catch(() => undefined);
  }

  /** Ends the writing and waits for what is on its way. */
  async end(patienceMs: number): Promise<readonly Sent[]> {
    this.running = false;
    await this.done;
    const end = performance.now() + patienceMs;
    for (;;) {
      const sent = (await Promise.all(this.pages.map(fatesOf))).flat();
      const all = sent.every(({ arrivedAt }) => arrivedAt.length > 0);
      if (all || performance.now() > end) return sent;
      await sleep(500);
    }
  }

  private async write({ from, toId, wrote }: Page, paceMs: number): Promise<void> {
    for (let n = 0; this.running; n++) {
      await sleep(randomBetween(this.rng, paceMs / 2, (paceMs * 3) / 2));
      const text = `${from.name} ${n}`;
      wrote.set(text, Date.now());
      await from.api.call('message.send', { contactId: toId, text, clientId: text });
    }
  }
}

async function fatesOf({ to, fromId, wrote }: Page): Promise<Sent[]> {
  const arrived = new Map<string, number[]>();
  for (const { text, direction, arrivedAt } of await allMessages(to, fromId)) {
    if (direction === 'in') arrived.set(text, [...(arrived.get(text) ?? []), arrivedAt ?? 0]);
  }
  return [...wrote].map(([text, wroteAt]) => ({
    text,
    wroteAt,
    arrivedAt: arrived.get(text) ?? [],
  }));
}
