/**
 * Two people over the bad layer, and the model they are held against: a list of the texts their
 * daemons accepted. Every one arrives exactly once, or is under way; states only move forward.
 */
import { DAY, HOUR, MINUTE, type Millis, SECOND } from '@tacet/base';
import type { Evidence, MessageState, MessageView, SessionPort } from '@tacet/client';
import type { SeededRng } from '@tacet/testkit';
import { type Fault, Layer, ModelPerson, NETWORK, Tally } from '@tacet/testkit/model';
import { demand } from './broken.ts';
import { tooManyRows } from './rows.ts';

const RANK: Readonly<Record<MessageState, number>> = {
  queued: 0,
  sending: 1,
  unconfirmed: 2,
  stored: 3,
  delivered: 4,
  failed: 4,
  received: 4,
  read: 5,
};
const DONE = 4;
/** The first facts about a message are kept for ever. */
const FIRST_FACTS = 16;
/** What an edge lost is encrypted anew after half the life of its box, and again after as long. */
const PEACE: Millis = 2 * NETWORK.document.parameters.boxLifeDays * DAY;

export interface Accepted {
  readonly from: number;
  readonly text: string;
  readonly id: string;
  /** What one of them knew of it went with a store that was set back: it may come once, or never. */
  excused: boolean;
  rank: number;
  facts: readonly Evidence[];
}

export interface PairOptions {
  readonly tally?: Tally;
  readonly fault?: () => Fault;
  readonly session?: (rng: SeededRng) => SessionPort;
}

/** One person's store as it was, and which texts it knew of then. */
interface Copy {
  readonly bytes: Uint8Array;
  readonly known: ReadonlySet<string>;
}

export class Pair {
  readonly layer: Layer;
  readonly people: readonly [ModelPerson, ModelPerson];
  readonly accepted: Accepted[] = [];
  readonly tally: Tally;
  private readonly fault: (() => Fault) | null;
  private count = 0;
  private readonly copies: (Copy | null)[] = [null, null];
  private setBack = false;

  constructor(seed: string, options: PairOptions = {}) {
    this.tally = options.tally ?? new Tally();
    this.fault = options.fault ?? null;
    const layer = new Layer(seed, this.tally);
    this.layer = layer;
    const person = (name: string): ModelPerson =>
      new ModelPerson(name, layer, seed, { ...options, tally: this.tally });
    this.people = [person('alice'), person('bob')];
  }

  /** One invites, the other comes; from then on the planted fault is there. */
  async meet(): Promise<void> {
    const [alice, bob] = this.people;
    await alice.begin();
    await bob.begin();
    await this.run(2 * MINUTE);
    alice.act((client, now) => client.createInvitation({ label: 'bob' }, now));
    await this.run(5 * MINUTE);
    const link = alice.machine.invitations()[0]?.link;
    if (link == null) throw new Error('there is no link');
    bob.act((client, now) => client.acceptInvitation({ link, name: 'alice' }, now));
    await this.run(10 * MINUTE);
    for (const { machine } of this.people) {
      if (machine.contacts()[0]?.state !== 'ready') throw new Error('they have not met');
    }
    for (const [n, person] of this.people.entries()) {
      person.store.fault = this.fault?.() ?? null;
      person.onState = (id) => this.onState(n, id);
    }
  }

  /** Each step of a state is looked at, not only what stands at the end of a command. */
  private onState(from: number, id: string): void {
    const { state, text } = this.people[from as 0 | 1].machine.message(id);
    const one = this.accepted.find((other) => other.from === from && other.text === text);
    if (one === undefined || one.excused) return;
    demand(RANK[state] >= one.rank, 'states-forward', `${state} after rank ${one.rank}`);
    one.rank = RANK[state];
  }

  /** Lets time pass, everything that is due happening in its order. */
  async run(ms: number): Promise<void> {
    const end = this.layer.now + ms;
    for (;;) {
      for (const person of this.people) await person.settle();
      const at = Math.min(this.layer.nextAt, ...this.people.map((one) => one.deadline));
      if (at > end) break;
      demand(at >= this.layer.now - 60 * SECOND, 'deadline-kept', 'a deadline is long past');
      this.layer.advance(Math.max(at, this.layer.now));
      for (const person of this.people) {
        if (person.deadline <= this.layer.now) person.advance(this.layer.now);
      }
    }
    this.layer.advance(end);
  }

  write(from: number, size: number): void {
    const person = this.people[from];
    if (person === undefined || !person.up) return;
    const text = `${this.count++} ${'x'.repeat(size)}`;
    const clientId = `text ${this.count}`;
    const send = (): string =>
      person.machine.sendText({ contactId: '1', text, clientId }, this.layer.now).id;
    let id = '';
    // A command that crashed was not accepted; the window asks again with the same client id.
    for (let tries = 0; id === '' && tries < 3; tries++) {
      person.act(() => {
        id = send();
      });
    }
    if (id !== '') this.accepted.push({ from, text, id, excused: false, rank: 0, facts: [] });
  }

  check(): void {
    if (this.accepted.length === 0) return;
    const lists = this.people.map(({ machine }) =>
      machine.messages({ contactId: '1', limit: 500 }),
    );
    for (const one of this.accepted) {
      if (one.excused) this.checkExcused(one, lists);
      else this.checkOne(one, lists);
    }
    for (const [n, list] of lists.entries()) {
      for (const { direction, text } of list) {
        demand(
          direction === 'out' || this.accepted.some((one) => one.from !== n && one.text === text),
          'nothing-from-nowhere',
          'a text that nobody wrote',
        );
      }
    }
  }

  private checkOne(one: Accepted, lists: readonly (readonly MessageView[])[]): void {
    const own = lists[one.from]?.find(({ id, text }) => id === one.id && text === one.text);
    demand(own?.text === one.text, 'nothing-lost', 'an accepted text is not there any more');
    const rank = RANK[own.state];
    demand(rank >= one.rank, 'states-forward', `${own.state} after rank ${one.rank}`);
    demand(own.state !== 'failed', 'nothing-lost', 'failed though nothing was refused');
    const copies = lists[1 - one.from]?.filter(
      ({ direction, text }) => direction === 'in' && text === one.text,
    ).length;
    demand(copies === 0 || copies === 1, 'nothing-twice', `${copies} copies`);
    if (own.state === 'delivered') {
      demand(copies === 1, 'nothing-lost', 'shown as delivered and not there');
    }
    one.rank = rank;
    this.checkFacts(one);
  }

  private checkExcused(one: Accepted, lists: readonly (readonly MessageView[])[]): void {
    const copies = lists[1 - one.from]?.filter(({ text }) => text === one.text).length ?? 0;
    demand(copies <= 1, 'nothing-twice', `${copies} copies`);
  }

  /** Keeps a copy of somebody's store. */
  copy(n: 0 | 1): void {
    const person = this.people[n];
    if (!person.up) return;
    const known = person.machine.messages({ contactId: '1', limit: 500 }).map(({ text }) => text);
    this.copies[n] = { bytes: person.store.copy(), known: new Set(known) };
  }

  /** Puts the copy in the place of the store: what came since is gone there. */
  rollBack(n: 0 | 1): void {
    const copy = this.copies[n];
    if (copy == null) return;
    this.tally.add('rolled-back');
    this.setBack = true;
    const person = this.people[n];
    person.stop();
    person.store.restore(copy.bytes);
    for (const one of this.accepted) {
      if (!copy.known.has(one.text)) one.excused = true;
      else if (one.from === n) Object.assign(one, { rank: 0, facts: [] });
    }
    person.start();
  }

  /** Somebody said that only this store goes on, as a person does who is told that there is another. */
  resume(): void {
    for (const person of this.people) {
      if (!person.up || person.machine.status(this.layer.now).copiedAt === null) continue;
      this.tally.add('copy-noticed');
      person.act((client, now) => client.resume(now));
    }
  }

  private checkFacts(one: Accepted): void {
    const { evidence } = this.people[one.from as 0 | 1].machine.message(one.id);
    for (const [n, fact] of one.facts.entries()) {
      const now = evidence[n];
      const same = now?.what === fact.what && now.at === fact.at && now.part === fact.part;
      demand(same, 'evidence-kept', `fact ${n}, ${fact.what}, is gone`);
    }
    one.facts = evidence.slice(0, FIRST_FACTS);
  }

  /** The trouble is over: everything is delivered, and what it took is given back. */
  async peace(): Promise<void> {
    Object.assign(this.layer.trouble, { lose: 0, twice: 0, late: 0 });
    for (const person of this.people) {
      if (!person.up) person.start();
      person.calm();
    }
    const open = (): Accepted[] =>
      this.accepted.filter(({ rank, excused }) => rank < DONE && !excused);
    await this.wait(() => open().length === 0, this.setBack ? DAY : PEACE);
    // Ratchets and generations may have parted for good; what is said of texts stays true (spec 10, 7).
    if (this.setBack) {
      this.tally.add(open().length === 0 ? 'mended-after-roll-back' : 'parted-after-roll-back');
      return;
    }
    const texts = open().map(({ text }) => text.slice(0, 4));
    demand(texts.length === 0, 'definite-end', `still under way: ${texts.join(', ')}`);
    // Second copies, lone receipts, erasures.
    const rows = (): string[] => this.people.flatMap(({ store }) => tooManyRows(store));
    await this.wait(() => rows().length === 0, PEACE);
    demand(rows().length === 0, 'rows-bounded', rows().join(', '));
  }

  /** Until it holds, at most so long. */
  private async wait(holds: () => boolean, most: Millis): Promise<void> {
    let step = 5 * MINUTE;
    for (let waited = 0; waited < most && !holds(); waited += step) {
      step = Math.min(4 * HOUR, step + waited / 2);
      await this.run(step);
      this.resume();
      this.check();
    }
  }
}
