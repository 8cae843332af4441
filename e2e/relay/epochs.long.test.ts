/**
 * Epochs of 24 seconds, by the network document: keys change while packets flow, and what is over
 * is gone. Real processes, killed where it hurts.
 */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { makeBox } from './lib/boxes.ts';
import type { PacketClient } from './lib/packet-client.ts';
import type { ProcessNetwork } from './lib/processes.ts';
import { QUICK, startStage } from './lib/stage.ts';

/**
 * Between the last relay's turn to fetch a document and the first packet that needs it lie 4 % of an
 * epoch: a second here, which two busy cores can keep. Of twelve seconds they sometimes cannot.
 */
const EPOCH = 24_000;
const set = { ...QUICK, epochMs: EPOCH, graceMs: 2_000 };

let network: ProcessNetwork;
let client: PacketClient;

before(async () => {
  ({ network, client } = await startStage({ set }));
});
after(async () => {
  client?.close();
  await network?.close();
});

const epochNow = () => Math.floor(Date.now() / EPOCH);

/** PUTs one box; false when no answer comes or it is not `stored`. */
async function put(number: number): Promise<boolean> {
  const { document } = await client.document();
  const box = makeBox(document.networkId, number);
  const [edge] = client.home(box.mark);
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), 4_000));
  const outcome = await Promise.race([client.ask(edge, { kind: 'put', record: box.record }), late]);
  return outcome?.answer.status === 'stored';
}

test('a packet seen before is dropped, also by a mix that was killed in between', async () => {
  const { document } = await client.document();
  const box = makeBox(document.networkId, 1);
  const [edge] = client.home(box.mark);
  // Past the grace, in which the document before counts too, and early enough for a restart.
  const into = () => Date.now() % EPOCH;
  while (into() < 2_500 || into() > 8_000) await new Promise((done) => setTimeout(done, 50));
  const { frame, outcome } = await client.send(edge, { kind: 'put', record: box.record });
  assert.equal((await outcome).answer.status, 'stored');
  await client.sendAgain(frame);
  assert.ok(await put(2));
  assert.equal((await network.counters('mix-1'))['packet-replay'], 1);

  await network.end('mix-1', 'SIGKILL');
  network.start('mix-1');
  await network.ready('mix-1');
  await client.sendAgain(frame);
  assert.ok(await put(3), 'new packets pass');
  assert.equal((await network.counters('mix-1'))['packet-replay'], 1);
});

test('over two changes of epoch and a killed authority nothing is lost', async () => {
  const first = epochNow();
  let number = 10;
  let killed = false;
  const epochs = new Set<number>();
  const lost: string[] = [];
  while (epochNow() < first + 2) {
    const at = Date.now();
    if (!(await put(number++))) lost.push(`${number - 1}, ${at % EPOCH} ms into an epoch`);
    epochs.add(client.book.newest()?.document.epoch ?? -1);
    if (!killed) {
      killed = true;
      await network.end('authority', 'SIGKILL');
      network.start('authority');
    }
  }
  assert.deepEqual(
    lost,
    [],
    lost.length === 0 ? '' : `${lost.join('; ')}\n${await network.drops()}`,
  );
  assert.ok(epochs.size >= 2, 'documents went on');
  assert.ok(number > 40);
});

test('seeds and replay tags of past epochs are gone from every disk', async () => {
  // Within the grace of an epoch its neighbour's key is still needed; then a thread has to end and
  // the disk to say that it has overwritten, which beside other work has taken some seconds.
  const into = (): number => Date.now() % EPOCH;
  while (into() < 3_000 || into() > EPOCH / 2) await new Promise((done) => setTimeout(done, 50));
  const now = epochNow();
  for (const { name, role } of network.description.processes) {
    if (role === 'authority') continue;
    const list = (folder: string) =>
      readdirSync(join(network.dir, name, 'data', folder)).map((file) => Number.parseInt(file, 10));
    const old = () => [...list('epochs'), ...list('replay')].filter((epoch) => epoch < now);
    while (old().length > 0 && epochNow() === now) {
      await new Promise((done) => setTimeout(done, 50));
    }
    assert.deepEqual(old(), [], `${name}: seeds and replay logs of past epochs`);
    const seeds = list('epochs').sort((a, b) => a - b);
    assert.equal(seeds[0], now, `${name}: the oldest seed is the one in use`);
    assert.ok((seeds.at(-1) ?? 0) >= now + 2, `${name}: keys are there ahead of time`);
  }
});
