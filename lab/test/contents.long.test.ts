/**
 * Two people write, answer, react, edit, delete and set timers over a box layer that loses, repeats and
 * reorders, and die at any point: in the end both see the same conversation.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE, pick, randomInt, SECOND } from '@tacet/base';
import type { Client, MessageView } from '@tacet/client';
import { type SeededRng, seededRng } from '@tacet/testkit';
import { CRASH_POINTS, type ModelPerson } from '@tacet/testkit/model';
import { Pair } from '../src/histories/pair.ts';

const RUNS = Number(process.env['CONTENT_RUNS'] ?? 1);
const ACTS = 30;
/** About how many of each kind a command passes, so that crashes fall into it. */
const REACH = { statement: 60, save: 10, await: 12, effect: 20 } as const;

const lines = (person: ModelPerson): readonly MessageView[] =>
  person.machine.messages({ contactId: '1', limit: 500 });

/** One act by that person; a command that died is asked again with the same client id. */
function act(rng: SeededRng, person: ModelPerson, count: number): void {
  const all = lines(person).filter(({ kind }) => kind === 'text');
  const line = all.length === 0 ? undefined : pick(rng, all);
  const clientId = `act ${count}`;
  const work = command(randomInt(rng, 10), { line, clientId, text: `text ${count}` });
  let done = false;
  for (let tries = 0; !done && tries < 3; tries++) {
    person.act((client, now) => {
      work(client, now);
      done = true;
    });
  }
  assert.ok(done, 'a command goes through in the end');
}

interface With {
  readonly line: MessageView | undefined;
  readonly clientId: string;
  readonly text: string;
}

function command(kind: number, { line, clientId, text }: With) {
  return (client: Client, now: number): void => {
    const { talk } = client;
    if (line === undefined || kind < 4) {
      const reply = line !== undefined && line.deletion === null && kind === 0;
      const replyTo = reply ? { replyTo: line.id } : {};
      talk.send({ contactId: '1', text, clientId, ...replyTo }, now);
      return;
    }
    const { id } = line;
    if (line.deletion !== null) return;
    if (kind < 7) talk.react({ id, emoji: kind === 4 ? '' : `${kind}`, clientId }, now);
    else if (line.direction === 'in')
      talk.setTimer({ contactId: '1', seconds: 86_400 * 300, clientId }, now);
    else if (kind < 9) talk.edit({ id, text: `${text} anew`, clientId }, now);
    else talk.delete({ id, forEveryone: true, clientId }, now);
  };
}

/** What both must agree upon, seen from one side. */
function seen(person: ModelPerson, own: 'out' | 'in'): unknown[] {
  const side = (direction: string): string => (direction === own ? 'alice' : 'bob');
  return lines(person).map((line) => ({
    by: side(line.direction),
    kind: line.kind,
    text: line.text,
    deleted: line.deletion !== null,
    answers: line.replyTo === null ? null : [side(line.replyTo.direction), line.replyTo.proof],
    reactions: line.reactions.map((one) => `${side(one.direction)} ${one.emoji}`).toSorted(),
    versions: person.machine.talk.history(line.id).map(({ text }) => text),
  }));
}

test('contents: whatever happens on the way, both sides come to the same conversation', async () => {
  const seed = process.env['SEED'] ?? String(Math.floor(Math.random() * 2 ** 31));
  for (let run = 0; run < RUNS; run++) {
    const rng = seededRng(`contents ${seed} ${run}`);
    const pair = new Pair(`contents ${seed} ${run}`);
    await pair.meet();
    const [alice, bob] = pair.people;
    for (let count = 0; count < ACTS; count++) {
      Object.assign(pair.layer.trouble, { lose: pick(rng, [0, 20, 40]), twice: 20, late: 20 });
      const person = pick(rng, pair.people);
      // Some die for certain, in the middle of what they save.
      if (count % 10 === 5) person.crashAt('save', 1);
      else if (randomInt(rng, 3) === 0) {
        const point = pick(rng, CRASH_POINTS);
        person.crashAt(point, 1 + randomInt(rng, REACH[point]));
      }
      act(rng, person, count);
      await pair.run(randomInt(rng, 200) * SECOND);
    }
    Object.assign(pair.layer.trouble, { lose: 0, twice: 0, late: 0 });
    const under = (): number =>
      pair.people.reduce((sum, { machine }) => sum + machine.status(pair.layer.now).outbox, 0);
    for (let waited = 0; waited < 48 && under() > 0; waited++) {
      for (const person of pair.people) person.calm();
      await pair.run(HOUR);
    }
    await pair.run(10 * MINUTE);
    assert.equal(under(), 0, `seed ${seed}, run ${run}: something is still under way`);
    assert.deepEqual(seen(bob, 'in'), seen(alice, 'out'), `seed ${seed}, run ${run}`);
    assert.ok(alice.crashes + bob.crashes > 0, `seed ${seed}: nobody died`);
    for (const person of pair.people) {
      assert.equal(person.machine.status(pair.layer.now).deadLetters, 0, `seed ${seed}`);
    }
  }
});
