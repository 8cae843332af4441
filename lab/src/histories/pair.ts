/**
 * Two people over the bad layer, and the model they are held against: a list of the texts their
 * daemons accepted. Every one arrives exactly once, or is under way; states only move forward.
 */
import { DAY, HOUR, MINUTE, type Millis } from '@tacet/base';
import { STATE_RANK } from '@tacet/testkit';
import { type Fault, Layer, ModelPerson, NETWORK, pass, Tally } from '@tacet/testkit/model';
import { type Accepted, DONE, type Lists } from './accepted.ts';
import { demand } from './broken.ts';
import { checkFacts, checkWhy } from './facts.ts';
import { metOnce, sessionOf } from './met.ts';
import { checkCauses, checkReplies, checkRule } from './order.ts';
import { tooManyRows } from './rows.ts';
import { SetBack } from './set-back.ts';

/** What an edge lost is encrypted anew after half the life of its box, and again after as long. */
const PEACE: Millis = 2 * NETWORK.document.parameters.boxLifeDays * DAY;
/** Of a long wait both run for so long at a time; in between they are off, which costs nothing here. */
const AWAKE: Millis = 20 * MINUTE;
/**
 * A store that was put back is known for it after so long without trouble, 120 slots: requests that
 * were lost before have waited for a loop and for their share of retries by then.
 */
const NOTICED: Millis = 20 * MINUTE;

export interface PairOptions {
  readonly tally?: Tally;
  readonly fault?: () => Fault;
  /** libsignal's ratchet instead of the fake one. */
  readonly real?: boolean;
  /** Nobody is ever off when there is peace. */
  readonly awake?: boolean;
}

export class Pair {
  readonly layer: Layer;
  readonly people: readonly [ModelPerson, ModelPerson];
  readonly accepted: Accepted[] = [];
  readonly tally: Tally;
  private readonly options: PairOptions;
  private readonly setBacks: readonly [SetBack, SetBack];
  private count = 0;

  constructor(seed: string, options: PairOptions = {}) {
    this.tally = options.tally ?? new Tally();
    this.options = options;
    const layer = new Layer(seed, this.tally);
    this.layer = layer;
    const person = (name: string): ModelPerson =>
      new ModelPerson(name, layer, seed, {
        ...sessionOf(options.real === true),
        tally: this.tally,
      });
    const alice = person('alice');
    const bob = person('bob');
    this.people = [alice, bob];
    this.setBacks = [new SetBack(alice, layer), new SetBack(bob, layer)];
  }

  /** They have met; from then on the planted fault is there. */
  async meet(): Promise<void> {
    const met = await metOnce(this.options.real === true);
    this.layer.restore(met.layer);
    for (const n of [0, 1] as const) {
      const person = this.people[n];
      person.beginFrom(met.stores[n]);
      person.store.fault = this.options.fault?.() ?? null;
      person.onState = (id) => this.onState(n, id);
    }
    await this.run(MINUTE);
  }

  /** Each step of a state is looked at, not only what stands at the end of a command. */
  private onState(from: 0 | 1, id: string): void {
    const { state, text } = this.people[from].machine.message(id);
    const one = this.accepted.find((other) => other.from === from && other.text === text);
    if (one === undefined || one.excused) return;
    demand(STATE_RANK[state] >= one.rank, 'states-forward', `${state} after rank ${one.rank}`);
    one.rank = STATE_RANK[state];
  }

  run(ms: number): Promise<void> {
    return pass(this.layer, this.people, ms);
  }

  /** Nobody is there for so long. */
  bothOff(ms: Millis): void {
    for (const person of this.people) person.stop();
    this.layer.skip(this.layer.now + ms);
    for (const person of this.people) person.start();
  }

  /** @param answers so-manyth text from the end that is answered; null: none */
  write(from: 0 | 1, size: number, answers: number | null = null): void {
    const person = this.people[from];
    if (!person.up) return;
    const text = `${this.count++} ${'x'.repeat(size)}`;
    const clientId = `text ${this.count}`;
    const seen = person.machine
      .messages({ contactId: '1', limit: 500 })
      .filter(({ kind }) => kind === 'text');
    const answered = answers === null ? undefined : seen.at(-1 - (answers % (seen.length + 1)));
    const request = {
      contactId: '1',
      text,
      clientId,
      ...(answered !== undefined && { replyTo: answered.id }),
    };
    let id = '';
    // A command that crashed was not accepted; the window asks again with the same client id.
    for (let tries = 0; id === '' && tries < 3; tries++) {
      person.act((client, now) => {
        id = client.sendText(request, now).id;
      });
    }
    if (id === '') return;
    if (answered !== undefined) this.tally.add('reply');
    this.accepted.push({
      from,
      text,
      id,
      after: seen.at(-1)?.text ?? null,
      answers: answered?.text ?? null,
      excused: false,
      rank: 0,
      facts: [],
    });
  }

  check(): void {
    for (const one of this.setBacks) if (one.look()) this.tally.add('copy-noticed');
    if (this.accepted.length === 0) return;
    const [alice, bob] = this.people;
    const lists: Lists = [seenBy(alice), seenBy(bob)];
    for (const one of this.accepted) {
      if (one.excused) this.checkExcused(one, lists);
      else this.checkOne(one, lists);
    }
    for (const n of [0, 1] as const) {
      for (const { direction, text } of lists[n]) {
        demand(
          direction === 'out' || this.accepted.some((one) => one.from !== n && one.text === text),
          'nothing-from-nowhere',
          'a text that nobody wrote',
        );
      }
      checkCauses(this.accepted, lists[n]);
      checkReplies(this.accepted, lists[n]);
      checkRule(this.people[n].store, lists[n]);
    }
  }

  private checkOne(one: Accepted, lists: Lists): void {
    const own = lists[one.from].find(({ id, text }) => id === one.id && text === one.text);
    demand(own?.text === one.text, 'nothing-lost', 'an accepted text is not there any more');
    const rank = STATE_RANK[own.state];
    demand(rank >= one.rank, 'states-forward', `${own.state} after rank ${one.rank}`);
    demand(own.state !== 'failed', 'nothing-lost', 'failed though nothing was refused');
    const copies = lists[1 - one.from]?.filter(
      ({ direction, text }) => direction === 'in' && text === one.text,
    );
    const times = copies?.length ?? 0;
    demand(times <= 1, 'nothing-twice', `${times} copies`);
    const { blind } = this.setBacks[one.from];
    if (rank >= DONE && !blind)
      demand(times === 1, 'nothing-lost', `shown as ${own.state} and not there`);
    // A reader whose store was put back may not know any more.
    if (own.state === 'read' && !blind && !this.setBacks[one.from === 0 ? 1 : 0].happened) {
      demand(copies?.[0]?.readAt != null, 'nothing-from-nowhere', 'nobody has read it');
    }
    one.rank = rank;
    const person = this.people[one.from];
    checkFacts(one, own.state, person.machine);
    checkWhy(own, person.machine, person.hears(), person.now);
  }

  private checkExcused(one: Accepted, lists: Lists): void {
    const copies = lists[1 - one.from]?.filter(({ text }) => text === one.text).length ?? 0;
    demand(copies <= 1, 'nothing-twice', `${copies} copies`);
  }

  copy(n: 0 | 1): void {
    this.setBacks[n].keep();
  }

  rollBack(n: 0 | 1): void {
    if (this.setBacks[n].restore(n, this.accepted)) this.tally.add('rolled-back');
  }

  /** Somebody said that only this store goes on, as a person does who is told that there is another. */
  private resume(): void {
    for (const person of this.people) {
      if (!person.up || person.machine.status(person.now).copiedAt === null) continue;
      person.act((client, now) => client.resume(now));
    }
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
    const setBack = this.setBacks.some(({ happened }) => happened);
    await this.wait(() => !this.setBacks.some(({ owed }) => owed), NOTICED);
    demand(!this.setBacks.some(({ owed }) => owed), 'copy-noticed', 'a store that was put back');
    await this.wait(() => open().length === 0, setBack ? 8 * HOUR : PEACE);
    // Ratchets and generations may have parted for good; what is said of texts stays true (spec 10, 7).
    if (setBack) {
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
    let step = 2 * MINUTE;
    for (let waited = 0; waited < most && !holds(); waited += step) {
      step = Math.min(4 * HOUR, step + waited / 2, most - waited);
      if (step > HOUR && this.options.awake !== true) {
        this.bothOff(step - AWAKE);
        await this.run(AWAKE);
      } else await this.run(step);
      this.check();
      this.resume();
    }
  }
}

function seenBy(person: ModelPerson): Lists[0] {
  return person.machine.messages({ contactId: '1', limit: 500 });
}
