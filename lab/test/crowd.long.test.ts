/** The estimate of the crowd against known numbers of people; `npm run lab -- crowd` is the long form. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE } from '@tacet/base';
import { defaultParameters } from '@tacet/directory';
import { crowdReport } from '../src/crowd/report.ts';
import { modelledOnion } from '../src/onion.ts';
import { Trace } from '../src/trace.ts';
import { World } from '../src/world.ts';

/** Nineteen seconds of a core each. */
const RUNS = 3;

test('the range holds 50, 200 and 1,000 people, and misses them when cover is written at another rate', (t) => {
  const report = crowdReport(RUNS, 7, (line) => t.diagnostic(line));
  for (const row of report.rows) {
    assert.ok(row.held === RUNS, `${row.people} people: held in ${row.held} of ${RUNS}`);
    assert.ok(row.heldAtWrongRate === 0, `${row.people}: ${row.heldAtWrongRate} at a wrong rate`);
    assert.ok(row.high / row.low < 3.5, `${row.low} to ${row.high}`);
    assert.ok(row.oneLiar < 1.15, 'one edge of five cannot make a crowd up');
    assert.ok(row.oneSilent > 0.6, 'one edge of five cannot make it vanish');
  }
});

test('a client of a whole network in virtual time knows how many it is among', async (t) => {
  const people = 20;
  const world = new World({
    seed: 5,
    trace: new Trace(),
    onion: modelledOnion,
    network: { edges: 4, parameters: { ...defaultParameters, poolFloor: 0, epochMs: HOUR } },
  });
  for (let n = 0; n < people; n++) {
    const person = await world.addPerson(`person-${n}`);
    person.client.joinNetwork(world.network.cardText, world.now);
    world.pumpPerson(person);
  }
  await world.run(world.now + 32 * MINUTE);
  for (const { client } of world.people.slice(0, 3)) {
    const view = client.levels.people(world.now);
    t.diagnostic(JSON.stringify(view));
    assert.equal(view.state, 'estimate');
    assert.equal(view.oddEdges, 0);
    assert.ok((view.low ?? Infinity) <= people && people <= (view.high ?? 0));
    assert.ok((view.high ?? Infinity) <= 3 * people);
  }
});
