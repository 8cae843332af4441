/** Transfer over the lab's network (docs/spec/17-levels.md, 8): how quick, what it shows, what a kill leaves. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE, SECOND } from '@tacet/base';
import { EdgeMachine } from '@tacet/relay';
import { meet } from '../src/scenarios/steps.ts';
import { act, bytesOf, fileLineOf, fileOf, readFile, sendFile } from './file-steps.ts';
import { linkOfPerson, watched } from './privacy/watch.ts';
import { pairAt, SHORT, timeFile } from './transfer-steps.ts';

test('1 MB in Transfer within 30 s at 1/mu = 0.5 s, whole', async () => {
  const pair = await pairAt('transfer 1', 'strong', SHORT);
  const { moving, took, preview } = await timeFile(pair, 1_000_000, {
    transfer: [pair.alice, pair.bob],
  });
  assert.ok(moving <= 30 * SECOND, `${moving} ms`);
  const { leastMs, mostMs } = preview.transfer ?? assert.fail('no Transfer');
  assert.ok(leastMs <= took && took <= mostMs, `${took} ms is not ${leastMs} to ${mostMs}`);
});

/** All that passes on the sender's line from the consent to a minute behind its block, and what it built. */
async function block(size: number): Promise<{ readonly line: string[]; readonly puts: number }> {
  const { stage, rows, built } = watched('transfer wire', { parameters: SHORT });
  const [alice, bob] = [await stage.person('alice'), await stage.person('bob')];
  await meet(stage, alice, bob);
  await stage.pass(MINUTE);
  const from = stage.world.now;
  await sendFile(stage, alice, 'bob', bytesOf('wire', size), { transfer: true });
  await stage.pass(4 * MINUTE);
  const puts = built.filter(({ at, request }) => at >= from && request.kind === 'put').length;
  return { line: linkOfPerson(rows, stage.personOf(alice), from), puts };
}

test('a block of Transfer with a file of two boxes and one with a hundred look the same on the line', async () => {
  const few = await block(3_000);
  const many = await block(250_000);
  assert.ok(many.puts > few.puts + 100, `control: ${few.puts} and ${many.puts} boxes written`);
  const up = few.line.filter((row) => row.includes(' up ')).length;
  assert.ok(up > (0.9 * SHORT.transferBlockMs) / SHORT.transferSlotMs, `control: ${up} frames`);
  assert.deepEqual(many.line, few.line);
});

test('killed in a block, both sides: the line goes on to the end of the block, and all arrives', async () => {
  const { stage, alice, bob } = await pairAt('transfer kills', 'strong', SHORT);
  const people = [alice, bob].map((who) => stage.personOf(who));
  const bytes = bytesOf('kills', 600_000);
  await sendFile(stage, alice, 'bob', bytes, { transfer: true });
  await stage.until('offered', async () => (await fileOf(bob, 'alice')) !== null);
  const line = (await fileLineOf(bob, 'alice')) ?? assert.fail('no line');
  act(stage, bob, 'want', line.id, true);
  const on = (): boolean => people.every(({ client }) => client.levels.transfer.on);
  await stage.until('both in Transfer', async () => on());
  await stage.pass(8 * SECOND);
  const ends = people.map(({ client }) => client.levels.transfer.view(stage.world.now)?.until);
  for (const who of [alice, bob]) {
    await who.kill();
    await stage.pass(5 * SECOND);
    await who.restart();
  }
  assert.notEqual((await fileOf(bob, 'alice'))?.state, 'here', 'control: it was under way');
  await stage.until('both in Transfer again', async () => on());
  const again = people.map(({ client }) => client.levels.transfer.view(stage.world.now)?.until);
  assert.deepEqual(again, ends);
  await stage.until(
    'here',
    async () => (await fileOf(bob, 'alice'))?.state === 'here',
    20 * MINUTE,
  );
  assert.deepEqual(await readFile(stage, bob, line.id), bytes);
  // Whatever is left of the block is run.
  const last = Math.max(...ends.map((end) => end ?? assert.fail('no block')));
  if (stage.world.now < last - MINUTE) {
    await stage.pass(last - MINUTE - stage.world.now);
    assert.ok(people.some(({ client }) => client.levels.transfer.on));
  }
  await stage.until(
    'over',
    async () => people.every(({ client }) => !client.levels.transfer.on),
    HOUR,
  );
});

test('an edge without room: said so, the file goes at its level, and in Fast no frame is early for it', async () => {
  const { stage, alice, bob } = await pairAt('transfer refused', 'strong', SHORT);
  await alice.setLevel('fast');
  await stage.until('Fast', async () => (await alice.status()).level === 'fast', 11 * MINUTE);
  const edges = stage.world.relays.flatMap(({ machine }) =>
    machine instanceof EdgeMachine ? [machine] : [],
  );
  for (const edge of edges) {
    const door = Reflect.get(edge, 'door');
    const options = Reflect.get(door, 'options');
    Reflect.set(door, 'options', { ...options, limits: { ...options.limits, transferPackets: 0 } });
  }
  const count = (name: 'early' | 'transfer-full'): number =>
    edges.reduce((sum, { counters }) => sum + (counters.snapshot()[name] ?? 0), 0);
  await sendFile(stage, alice, 'bob', bytesOf('refused', 20_000), { transfer: true });
  for (let n = 0; n < 30; n++) {
    await alice.send('bob', `while the edge is asked ${n}`);
    await stage.pass(SECOND);
  }
  assert.equal((await alice.status()).transfer?.state, 'refused');
  assert.equal(count('transfer-full'), 1);
  await stage.until('here', async () => (await fileOf(bob, 'alice'))?.state === 'here', HOUR);
  assert.equal(count('early'), 0);
});
