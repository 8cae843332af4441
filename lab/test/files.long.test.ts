/** Files through kills, lost packets, edges that lose everything, a writer who cheats, and deletion. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE, randomBetween, randomUnit } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import { modelledOnion } from '../src/onion.ts';
import { LabStage } from '../src/scenarios/lab-stage.ts';
import type { Actor } from '../src/scenarios/stage.ts';
import { meet } from '../src/scenarios/steps.ts';
import { storeOf } from './address-steps.ts';
import { act, bytesOf, fileLineOf, fileOf, readFile, sendFile } from './file-steps.ts';
import { SLOW, slowStage } from './slow.ts';

async function pair(stage: LabStage): Promise<readonly [Actor, Actor]> {
  const [alice, bob] = [await stage.person('alice'), await stage.person('bob')];
  await meet(stage, alice, bob);
  return [alice, bob];
}

/** Waits until all of the newest file is here, and compares it. */
async function arrives(stage: LabStage, bob: Actor, bytes: Uint8Array, within: number) {
  await stage.until('here', async () => (await fileOf(bob, 'alice'))?.state === 'here', within);
  const line = (await fileLineOf(bob, 'alice')) ?? assert.fail('no line');
  assert.deepEqual(await readFile(stage, bob, line.id), bytes);
}

function rows(stage: LabStage, who: Actor, table: string): number {
  return Number(
    storeOf(stage.personOf(who)).get(`SELECT count(*) AS n FROM ${table}`)?.['n'] ?? Number.NaN,
  );
}

test('killed ten times on each side in the middle: whole, once', async () => {
  const stage = slowStage('file kills');
  const [alice, bob] = await pair(stage);
  const bytes = bytesOf('kills', 200_000);
  const rng = seededRng('file kills');
  await sendFile(stage, alice, 'bob', bytes);
  for (let n = 0; n < 20; n++) {
    await stage.pass(randomBetween(rng, 10_000, MINUTE));
    const who = n % 2 === 0 ? bob : alice;
    await who.kill();
    await stage.pass(randomBetween(rng, 1_000, MINUTE));
    await who.restart();
  }
  assert.notEqual((await fileOf(bob, 'alice'))?.state, 'here', 'control: it was under way');
  await arrives(stage, bob, bytes, 4 * HOUR);
  const files = (await bob.messages('alice')).filter(({ kind }) => kind === 'file');
  assert.equal(files.length, 1);
});

test('one packet in fifty is lost on every link: whole', async () => {
  const rng = seededRng('file losses');
  const stage = new LabStage('file losses', modelledOnion, {
    network: SLOW,
    patience: HOUR,
    drops: (_from, _to, packet) => packet !== null && randomUnit(rng) < 0.02,
  });
  const [alice, bob] = await pair(stage);
  const bytes = bytesOf('losses', 60_000);
  await sendFile(stage, alice, 'bob', bytes);
  await arrives(stage, bob, bytes, 6 * HOUR);
});

test('while the reader is away all edges lose all boxes: what lacks is named and comes in the next round', async () => {
  const stage = slowStage('file boxes lost');
  const [alice, bob] = await pair(stage);
  const bytes = bytesOf('boxes lost', 100_000);
  const id = await sendFile(stage, alice, 'bob', bytes);
  await stage.until('begun', async () => ((await fileOf(bob, 'alice'))?.done ?? 0) > 3, HOUR);
  await bob.kill();
  await stage.until(
    'written',
    async () => {
      return (await alice.message(id)).file?.state === 'written';
    },
    2 * HOUR,
  );
  await stage.pass(5 * MINUTE);
  for (const { boxes } of stage.world.relays) {
    (Reflect.get(boxes, 'boxes') as { clear?: () => void }).clear?.();
    Reflect.set(boxes, 'boxes', new (Reflect.get(boxes, 'boxes').constructor)());
  }
  assert.ok(
    stage.world.relays.every(({ boxes }) => boxes.size === 0),
    'control',
  );
  await bob.restart();
  // The word that all was written is gone, too: the next text shows that it lacks.
  await alice.send('bob', 'are you back?');
  await arrives(stage, bob, bytes, 12 * HOUR);
  const round = storeOf(stage.personOf(bob)).get('SELECT round FROM files')?.['round'];
  assert.ok(Number(round) >= 1, `round ${String(round)}`);
});

test('bytes that are not those announced: thrown away, said so, and nothing is held up', async () => {
  const stage = slowStage('file cheat');
  const [alice, bob] = await pair(stage);
  const { cells } = stage.personOf(alice);
  const honest = cells.write.bind(cells);
  cells.write = async (cell, place, bytes) => {
    const changed = Uint8Array.from(bytes);
    changed[70_000] = (changed[70_000] ?? 0) ^ 1;
    await honest(cell, place, changed);
  };
  await sendFile(stage, alice, 'bob', bytesOf('cheat', 100_000));
  cells.write = honest;
  await stage.until('noticed', async () => (await fileOf(bob, 'alice'))?.state === 'damaged', HOUR);
  assert.equal((await fileOf(bob, 'alice'))?.reason, 'file-damaged');
  assert.equal(rows(stage, bob, 'file_parts'), 0);
  assert.equal(rows(stage, bob, 'file_cells'), 0);
  const bytes = bytesOf('honest', 5_000);
  await sendFile(stage, alice, 'bob', bytes);
  await arrives(stage, bob, bytes, 2 * HOUR);
});

test('deleted while it comes: rows, boxes and cells go; the writer is not told and stops by itself', async () => {
  const stage = slowStage('file deleted');
  const [alice, bob] = await pair(stage);
  await sendFile(stage, alice, 'bob', bytesOf('deleted', 300_000));
  await stage.until('offered', async () => (await fileOf(bob, 'alice'))?.state === 'offered', HOUR);
  const line = (await fileLineOf(bob, 'alice')) ?? assert.fail('no line');
  act(stage, bob, 'want', line.id);
  await stage.until(
    'a block',
    async () => rows(stage, bob, 'file_cells WHERE held = 1') > 0,
    3 * HOUR,
  );
  const person = stage.personOf(bob);
  person.client.talk.delete(
    { id: line.id, forEveryone: false, clientId: null },
    stage.world.clockOf(person),
  );
  await stage.pass(10 * MINUTE);
  for (const table of ['files', 'file_parts', 'file_cells', 'freed_cells']) {
    assert.equal(rows(stage, bob, table), 0, table);
  }
  assert.equal(rows(stage, bob, "watches WHERE owner = 'file'"), 0);
  assert.equal(person.cells.used, 0, 'cells are overwritten');
});

test('of a file under way a hundred steps are told, not each part', async () => {
  const stage = slowStage('file steps');
  const [alice, bob] = [await stage.person('alice'), await stage.person('bob')];
  await meet(stage, alice, bob);
  const id = await sendFile(stage, alice, 'bob', bytesOf('steps', 400_000));
  await stage.until('offered', async () => (await fileOf(bob, 'alice'))?.state === 'offered', HOUR);
  const offered = (await fileLineOf(bob, 'alice')) ?? assert.fail('no line');
  const told = (who: Actor, line: string): number => {
    const sql = "SELECT count(*) AS n FROM events WHERE kind = 'message-state' AND subject = ?";
    return Number(storeOf(stage.personOf(who)).get(sql, line)?.['n']);
  };
  const before = [told(alice, id), told(bob, offered.id)];
  act(stage, bob, 'want', offered.id);
  await stage.until('known', async () => (await fileOf(alice, 'bob'))?.state === 'here', 3 * HOUR);
  const steps = [told(alice, id), told(bob, offered.id)].map((n, at) => n - (before[at] ?? 0));
  assert.ok((await fileOf(alice, 'bob'))?.parts === 192, 'control: there were more parts');
  for (const n of steps) assert.ok(n >= 90 && n <= 105, `${n} events`);
});
