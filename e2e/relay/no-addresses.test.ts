/**
 * There is no access log: people with addresses of their own use a network, then every file of every
 * relay and everything it wrote is searched for those addresses.
 */
import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { decodeCard, encodeCard } from '@tacet/directory';
import { formsOfAddress } from './lib/addresses.ts';
import { makeBox } from './lib/boxes.ts';
import { filesBelow } from './lib/files.ts';
import { PacketClient } from './lib/packet-client.ts';
import { ProcessNetwork } from './lib/processes.ts';

/** All of 127/8 is this machine; nothing else of the network uses these. */
const PEOPLE = ['127.94.61.37', '127.201.13.88'];
const RATES = { slotMs: 100, inUseSlotMs: 50, digestMs: 300, delayMeanMs: 20 };

let network: ProcessNetwork;
const doors: Server[] = [];
const clients: PacketClient[] = [];

before(async () => {
  network = await ProcessNetwork.create({ set: RATES });
  await network.startAll();
  for (const [i, address] of PEOPLE.entries()) clients.push(await joinFrom(address, i));
  await Promise.all(clients.map((client) => client.document()));
});
after(async () => {
  for (const client of clients) client.close();
  for (const door of doors) door.close();
  await network?.close();
});

/** Through a forwarder whose own socket has that address, so the edge sees it and no other. */
async function joinFrom(address: string, edge: number): Promise<PacketClient> {
  const card = decodeCard(network.card);
  const named = card.edges[edge];
  assert.ok(named);
  const port = Number(named.address.split(':').at(-1));
  const door = createServer((near) => {
    const far = connect({ host: '127.0.0.1', port, localAddress: address });
    near.pipe(far).pipe(near);
    for (const socket of [near, far])
      socket.on('error', () => near.destroy(far.destroy() as never));
  });
  doors.push(door);
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const { port: own } = door.address() as { port: number };
  const edges = card.edges.map((one, i) =>
    i === edge ? { ...one, address: `127.0.0.1:${own}` } : one,
  );
  return PacketClient.join(encodeCard({ ...card, edges }), edge);
}

/** The forms in which an address could be kept in a file. */
function needles(address: string): Uint8Array[] {
  const bytes = Buffer.from(address.split('.').map(Number));
  return [
    ...formsOfAddress(address).map((form) => form.bytes),
    // Whatever follows it. Without the sixth letter keys would have it by chance in two of a million runs.
    ...Array.from({ length: 16 }, (_, next) =>
      Buffer.from(
        Buffer.of(...bytes, next << 4)
          .toString('base64')
          .slice(0, 6),
      ),
    ),
  ];
}

function findings(): string[] {
  const said = Buffer.from(network.warnings.join('\n'));
  const places = [
    ...filesBelow(network.dir).map((path) => ({ path, bytes: readFileSync(path) })),
    { path: 'standard error', bytes: said },
  ];
  return places.flatMap(({ path, bytes }) =>
    PEOPLE.some((address) => needles(address).some((needle) => bytes.includes(needle)))
      ? [path]
      : [],
  );
}

test('no file and no output of any relay holds the address of anybody', async () => {
  for (const [i, client] of clients.entries()) {
    const { document } = await client.document();
    for (let n = 0; n < 5; n++) {
      const box = makeBox(document.networkId, 10 * i + n);
      const [edge] = client.home(box.mark);
      const { answer } = await client.ask(edge, { kind: 'put', record: box.record });
      assert.equal(answer.status, 'stored');
    }
  }
  // Broken off, joined again from the same address: the paths on which something might be noted.
  clients[0]?.close();
  clients[0] = await joinFrom(PEOPLE[0] ?? '', 0);
  await clients[0].document();
  for (const { name, role } of network.description.processes) {
    if (role === 'edge') assert.ok(((await network.counters(name))['up'] ?? 0) >= 5);
  }
  const searched = filesBelow(network.dir).filter((path) => statSync(path).size > 0);
  assert.ok(searched.length > 20);
  assert.deepEqual(findings(), []);
});

test('what is planted is found: in a file of a relay, in each form', () => {
  const path = join(network.dir, 'edge-1', 'data', 'planted');
  for (const needle of needles(PEOPLE[1] ?? '')) {
    writeFileSync(path, Buffer.concat([Buffer.from('before '), needle, Buffer.from(' after')]));
    assert.deepEqual(findings(), [path]);
  }
  writeFileSync(path, '');
});
