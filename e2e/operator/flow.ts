/** Texts from one person to another at a steady pace, and when each arrived. */
import { MAX_PAGE } from '@tacet/api';
import { sleep } from '../lib/program.ts';
import type { PersonMachine } from './person.ts';

export interface Arrivals {
  /** Seconds from writing to being saved at the other end, in the order of writing. */
  readonly seconds: readonly number[];
  /** When each of those was written, epoch ms. */
  readonly wroteAt: readonly number[];
  /** Texts that never arrived. */
  readonly lost: number;
  readonly twice: number;
}

export class Flow {
  private readonly from: PersonMachine;
  private readonly to: PersonMachine;
  private readonly contactId: string;
  private readonly wrote = new Map<string, number>();
  private running = true;
  private done: Promise<void> = Promise.resolve();

  constructor(from: PersonMachine, to: PersonMachine, contactId: string) {
    this.from = from;
    this.to = to;
    this.contactId = contactId;
  }

  start(paceMs: number): void {
    this.done = (async () => {
      for (let n = 0; this.running; n++) {
        const text = `text ${n}`;
        this.wrote.set(text, Date.now());
        await this.from.api.call('message.send', {
          contactId: this.contactId,
          text,
          clientId: `flow-${n}`,
        });
        await sleep(paceMs);
      }
    })();
  }

  get written(): number {
    return this.wrote.size;
  }

  /** Ends the writing and waits for what is on its way. */
  async end(patienceMs: number): Promise<void> {
    this.running = false;
    await this.done;
    const end = performance.now() + patienceMs;
    while ((await this.arrived()).size < this.wrote.size && performance.now() < end)
      await sleep(500);
  }

  /** Of the texts `from` <= n < `to`. */
  async between(from: number, to: number): Promise<Arrivals> {
    const arrived = await this.arrived();
    const seconds: number[] = [];
    const wroteAt: number[] = [];
    let lost = 0;
    let twice = 0;
    for (let n = from; n < to; n++) {
      const times = arrived.get(`text ${n}`) ?? [];
      const at = times[0];
      const wrote = this.wrote.get(`text ${n}`) ?? 0;
      if (at === undefined) lost += 1;
      else {
        seconds.push((at - wrote) / 1_000);
        wroteAt.push(wrote);
      }
      if (times.length > 1) twice += 1;
    }
    return { seconds, wroteAt, lost, twice };
  }

  private async arrived(): Promise<Map<string, number[]>> {
    const { contacts } = await this.to.api.call('contact.list', {});
    const found = new Map<string, number[]>();
    let before: string | undefined;
    for (;;) {
      const { messages } = await this.to.api.call('message.list', {
        contactId: contacts[0]?.id ?? '',
        limit: MAX_PAGE,
        ...(before === undefined ? {} : { before }),
      });
      for (const { text, arrivedAt } of messages) {
        if (arrivedAt !== null) found.set(text, [...(found.get(text) ?? []), arrivedAt]);
      }
      before = messages[0]?.id;
      if (messages.length < MAX_PAGE) return found;
    }
  }
}
