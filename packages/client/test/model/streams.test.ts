/**
 * Two clients over a box layer that loses, repeats, delays and expires, with crashes at any
 * statement and absences of up to thirty days, against a model that is a list: every accepted
 * text arrives exactly once or is still under way, and states only move forward.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE, SECOND } from '@tacet/base';
import fc from 'fast-check';
import type { MessageState } from '../../src/views.ts';
import { Layer } from './layer.ts';
import { ModelPerson } from './person.ts';

const RANK: Readonly<Record<MessageState, number>> = {
  queued: 0,
  sending: 1,
  unconfirmed: 2,
  stored: 3,
  delivered: 4,
  failed: 4,
  received: 4,
};

interface Accepted {
  readonly from: number;
  readonly text: string;
  readonly id: string;
  rank: number;
}

class Pair {
  readonly layer: Layer;
  readonly people: readonly [ModelPerson, ModelPerson];
  readonly accepted: Accepted[] = [];
  count = 0;

  constructor(seed: string) {
    this.layer = new Layer(seed);
    this.people = [
      new ModelPerson('alice', this.layer, seed),
      new ModelPerson('bob', this.layer, seed),
    ];
  }

  async meet(): Promise<void> {
    const [alice, bob] = this.people;
    await alice.begin();
    await bob.begin();
    await this.run(2 * MINUTE);
    alice.act((client, now) => client.createInvitation({ label: 'bob' }, now));
    await this.run(5 * MINUTE);
    const link = alice.machine.invitations()[0]?.link;
    assert.ok(link != null, 'the link is there');
    bob.act((client, now) => client.acceptInvitation({ link, name: 'alice' }, now));
    await this.run(10 * MINUTE);
    for (const { machine } of this.people) assert.equal(machine.contacts()[0]?.state, 'ready');
  }

  /** Lets time pass, everything that is due happening in its order. */
  async run(ms: number): Promise<void> {
    const end = this.layer.now + ms;
    for (;;) {
      for (const person of this.people) await person.settle();
      const at = Math.min(this.layer.nextAt, ...this.people.map((one) => one.deadline));
      if (at > end) break;
      assert.ok(at >= this.layer.now - 60 * SECOND, 'no deadline long past');
      this.layer.advance(Math.max(at, this.layer.now));
      for (const person of this.people) {
        if (person.deadline <= this.layer.now) person.advance(this.layer.now);
      }
    }
    this.layer.advance(end);
    this.check();
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
    if (id !== '') this.accepted.push({ from, text, id, rank: 0 });
  }

  check(): void {
    if (this.accepted.length === 0) return;
    const texts = this.people.map(({ machine }) =>
      machine.messages({ contactId: '1', limit: 500 }),
    );
    for (const one of this.accepted) {
      const own = texts[one.from]?.find(({ id }) => id === one.id);
      assert.ok(own !== undefined && own.text === one.text, 'an accepted text stays');
      assert.ok(RANK[own.state] >= one.rank, `${own.state} after ${one.rank}`);
      one.rank = RANK[own.state];
      assert.notEqual(own.state, 'failed');
      const copies = texts[1 - one.from]?.filter(
        (other) => other.direction === 'in' && other.text === one.text,
      ).length;
      assert.ok(copies === 0 || copies === 1, `${copies} copies`);
      if (own.state === 'delivered') assert.equal(copies, 1, 'shown as delivered and not there');
    }
    for (const [n, list] of texts.entries()) {
      for (const { direction, text } of list) {
        if (direction === 'out') continue;
        assert.ok(
          this.accepted.some((one) => one.from !== n && one.text === text),
          'nothing comes from nowhere',
        );
      }
    }
  }
}

type Step = (pair: Pair) => Promise<void> | void;

const RUNS = Number(process.env['FC_RUNS'] ?? 60);

const who = fc.integer({ min: 0, max: 1 });
const step: fc.Arbitrary<{ readonly say: string; readonly run: Step }> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(who, fc.constantFrom(5, 5, 5, 3_000, 12_000)).map(([from, size]) => ({
      say: `write ${from} ${size}`,
      run: (pair: Pair) => pair.write(from, size),
    })),
  },
  {
    weight: 6,
    arbitrary: fc.integer({ min: 10, max: 900 }).map((seconds) => ({
      say: `run ${seconds}`,
      run: (pair: Pair) => pair.run(seconds * SECOND),
    })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(0, 10, 40, 100), fc.constantFrom(0, 20), fc.constantFrom(0, 30))
      .map(([lose, twice, late]) => ({
        say: `trouble ${lose} ${twice} ${late}`,
        run: (pair: Pair) => void Object.assign(pair.layer.trouble, { lose, twice, late }),
      })),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(who, fc.integer({ min: 1, max: 120 })).map(([n, statements]) => ({
      say: `crash ${n} in ${statements}`,
      run: (pair: Pair) => {
        const person = pair.people[n];
        if (person?.up) person.store.left = statements;
      },
    })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(who, fc.integer({ min: 1, max: 1_800 })).map(([n, seconds]) => ({
      say: `away ${n} ${seconds}`,
      run: async (pair: Pair) => {
        pair.people[n]?.stop();
        await pair.run(seconds * SECOND);
        pair.people[n]?.start();
      },
    })),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 30 * 24 }).map((hours) => ({
      say: `both away ${hours} h`,
      run: (pair: Pair) => {
        for (const person of pair.people) person.stop();
        pair.layer.skip(pair.layer.now + hours * HOUR);
        for (const person of pair.people) person.start();
      },
    })),
  },
);

const named = step.map((one) => Object.assign(one.run, { toString: () => one.say }));

async function history(seed: number, steps: readonly Step[]): Promise<Pair> {
  const pair = new Pair(`model ${seed}`);
  await pair.meet();
  for (const one of steps) {
    await one(pair);
    pair.check();
  }
  return pair;
}

test('streams: every accepted text arrives exactly once or is under way, states only forward', async () => {
  const numRuns = Math.ceil(RUNS * 0.75);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.array(named, { minLength: 5, maxLength: 25 }),
      async (seed, steps) => {
        await history(seed, steps);
      },
    ),
    { numRuns, endOnFailure: false },
  );
});

test('streams: once the trouble is over everything is delivered', async () => {
  const numRuns = Math.ceil(RUNS / 8);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.array(named, { minLength: 5, maxLength: 15 }),
      async (seed, steps) => {
        const pair = await history(seed, steps);
        Object.assign(pair.layer.trouble, { lose: 0, twice: 0, late: 0 });
        for (const person of pair.people) person.store.left = Infinity;
        for (let hours = 0; hours < 30; hours++) {
          if (pair.accepted.every((one) => one.rank === 4)) return;
          await pair.run(HOUR);
        }
        const open = pair.accepted.filter((one) => one.rank < 4).map((one) => one.text.slice(0, 4));
        assert.deepEqual(open, []);
      },
    ),
    { numRuns, endOnFailure: false },
  );
});

test('streams: a crash at any statement of writing or reading loses nothing and repeats nothing', async () => {
  // With FC_RUNS >= 1,000 every statement; else one of eleven.
  const stride = RUNS >= 1_000 ? 1 : 11;
  for (const n of [0, 1] as const) {
    let crashed = true;
    for (let at = 1; crashed; at += stride) {
      const pair = new Pair(`crash ${n}`);
      await pair.meet();
      await pair.run(2 * MINUTE);
      pair.people[n].store.left = at;
      pair.write(0, 3_000);
      await pair.run(8 * MINUTE);
      crashed = pair.people[n].crashes > 0;
      pair.people[n].store.left = Infinity;
      for (let hours = 0; hours < 30 && pair.accepted.some((one) => one.rank < 4); hours++) {
        await pair.run(HOUR);
      }
      assert.deepEqual(
        pair.accepted.map((one) => one.rank),
        [4],
        `person ${n}, statement ${at}`,
      );
    }
  }
});
