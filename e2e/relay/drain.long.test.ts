/**
 * A relay leaves, another changes the key of its links, while packets go on: nothing is refused and
 * nothing is lost. Epochs of 24 seconds, by the network document.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { probeKey } from '@tacet/adapters/link-tls';
import { hex, isAppError } from '@tacet/base';
import { relayIndex } from '@tacet/directory';
import { askFor, askStatus, makeNextLinkKey, readConfig } from '@tacet/host/relay';
import { makeBox } from './lib/boxes.ts';
import { PacketClient } from './lib/packet-client.ts';
import { ProcessNetwork } from './lib/processes.ts';

const EPOCH = 24_000;
const set = {
  ...{ epochMs: EPOCH, graceMs: 2_000, keysAhead: 3, validEpochs: 3 },
  ...{ slotMs: 100, inUseSlotMs: 50, digestMs: 500, delayMeanMs: 20 },
};
/** Drained in this test. */
const LEAVER = 'edge-3';

let network: ProcessNetwork;
let client: PacketClient;

before(async () => {
  network = await ProcessNetwork.create({ set, edges: 3 });
  await network.startAll();
  const own = ownEdge();
  client = await PacketClient.join(network.card, own);
  await client.document();
});
after(async () => {
  client?.close();
  await network?.close();
});

const admin = (name: string) => join(network.dir, name, 'admin.sock');
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Of the card's edges one that stays. */
function ownEdge(): number {
  const leaver = network.description.processes.find(({ name }) => name === LEAVER);
  return clientCard().findIndex(({ address }) => !address.endsWith(`:${leaver?.ports[1]}`));
}

function clientCard() {
  const { config } = readConfig(join(network.dir, 'mix-1', 'config.json'), {});
  assert.ok(config.role !== 'authority');
  return config.card.edges;
}

/** One box, to its first home, or to its second when the first has left the network. */
async function put(number: number): Promise<boolean> {
  const verified = await client.document();
  const box = makeBox(verified.document.networkId, number);
  const edge = client.home(box.mark).find((home) => relayIndex(verified, home) !== null);
  assert.ok(edge);
  // What is lost is never answered; a busy machine may be slow.
  const late = sleep(20_000).then(() => null);
  const outcome = await Promise.race([client.ask(edge, { kind: 'put', record: box.record }), late]);
  return outcome?.answer.status === 'stored';
}

test('a relay is drained and another changes its link key while packets go on', async () => {
  const needed = (error: unknown) => isAppError(error, 'relay-needed');
  const shown = () =>
    probeKey(addressOf('mix-2'), 5_000, null).then((key) => hex(key ?? new Uint8Array()));
  const before = await shown();
  await assert.rejects(askFor(admin(LEAVER), 'stop'), needed);
  makeNextLinkKey(join(network.dir, 'mix-2', 'data'));
  await askFor(admin('mix-2'), 'reload');
  assert.equal((await askFor(admin(LEAVER), 'leave')).leaving?.free, false);
  await assert.rejects(askFor(admin(LEAVER), 'stop'), needed);

  const lost: string[] = [];
  const end = Date.now() + 10 * EPOCH;
  let number = 0;
  let free = false;
  let rotated = false;
  while (!(free && rotated)) {
    assert.ok(Date.now() < end, `free: ${free}, rotated: ${rotated}`);
    const into = Date.now() % EPOCH;
    if (!(await put(number++))) lost.push(`${number - 1}, ${into} ms into an epoch`);
    free = (await askStatus(admin(LEAVER))).leaving?.free === true;
    rotated = !(await askStatus(admin('mix-2'))).newLinkKey;
  }
  assert.deepEqual(
    lost,
    [],
    lost.length === 0 ? '' : `${lost.join('; ')}\n${await network.drops()}`,
  );
  assert.ok(number > 20);
  assert.notEqual(await shown(), before, 'new handshakes show the new key');

  const { exit } = network.watch(LEAVER);
  await askFor(admin(LEAVER), 'stop');
  assert.equal(await exit, 0);
  const documents = (await client.document()).document;
  assert.equal(documents.relays.length, 5);
  for (let i = 0; i < 5; i++) assert.ok(await put(1_000 + i), 'without the one that left');
  const { links } = await askStatus(admin('mix-2'));
  assert.equal(links?.up, links?.wanted);
});

function addressOf(name: string): string {
  const { config } = readConfig(join(network.dir, name, 'config.json'), {});
  assert.ok(config.role !== 'authority');
  return config.relayAddress;
}
