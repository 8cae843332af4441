/** Three authorities with real clocks, sockets and disks. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { AuthorityClient } from '@tacet/adapters/directory-https';
import { hex } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import {
  authorityHashOf,
  DocumentBook,
  demonstrationParameters,
  epochAt,
  type Parameters,
  signDescriptor,
} from '@tacet/directory';
import { makeTestNetwork, type TestNetwork } from '@tacet/testkit';
import { leasePorts } from '@tacet/testkit/ports';
import { runAuthority } from '../../src/relay/authority.ts';
import type { AuthorityConfig, Running } from '../../src/relay/config/types.ts';
import { createKeys } from '../../src/relay/keys.ts';
import { writeAllowed } from '../../src/relay/network/allowed.ts';
import { tempDir } from './temp.ts';

/** The shortest epochs there are, so that a first attempt comes within seconds. */
const parameters: Parameters = {
  ...demonstrationParameters,
  epochMs: 10_000,
  graceMs: 1_000,
  keysAhead: 3,
  validEpochs: 4,
};
const network: TestNetwork = makeTestNetwork({
  seed: 'real authorities',
  parameters,
  now: Date.now(),
});

/** What a relay would send now: keys from this epoch on. */
function descriptors(): Uint8Array[] {
  const now = Date.now();
  const firstEpoch = epochAt(parameters, now);
  return network.relays.map((relay) =>
    signDescriptor(relay.identity, {
      ...relay.descriptor,
      link: relay.descriptor.link,
      issuedAt: now,
      firstEpoch,
      keys: Array.from({ length: 8 }, (_, i) => relay.kem(firstEpoch + i).publicKey),
    }),
  );
}

async function until(
  what: string,
  seconds: number,
  look: () => boolean | undefined | Promise<boolean>,
): Promise<void> {
  const end = Date.now() + seconds * 1_000;
  for (;;) {
    if (await look()) return;
    assert.ok(Date.now() < end, `waited ${seconds} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('three authorities make a first document and the next; one of them is killed in between', async () => {
  const dir = tempDir();
  const ports = await leasePorts(3);
  const keys = ports.map((_, i) => createKeys(join(dir, `${i}`), systemRng));
  const card = {
    networkName: 'real',
    authorities: keys.map((pair) => authorityHashOf(pair.identity.publicKey)),
    threshold: 2,
  };
  const peers = keys.map((pair, i) => ({
    identity: authorityHashOf(pair.identity.publicKey),
    address: `127.0.0.1:${ports[i]}`,
    keyHash: pair.link.keyHash,
  }));
  const allowed = join(dir, 'allowed.json');
  writeAllowed(
    allowed,
    network.relays.map(({ hash, role, layer, descriptor: { family, country } }) => ({
      ...{ relay: hex(hash), role, layer, family, country },
    })),
  );
  const reports: string[] = [];
  const configs = keys.map(
    (_, i): AuthorityConfig => ({
      role: 'authority',
      data: join(dir, `${i}`),
      admin: join(dir, `${i}.sock`),
      networkName: 'real',
      listenHost: '127.0.0.1',
      port: ports[i] ?? 0,
      allowed,
      metricsPort: 0,
      peers: peers.filter((_, other) => other !== i),
      parameters,
      socks: '',
      echo: new Uint8Array(0),
      release: new Uint8Array(0),
    }),
  );
  const running: (Running | null)[] = [];
  for (const config of configs) {
    running.push(await runAuthority(config, (line) => reports.push(line)));
  }
  try {
    assert.deepEqual(running[0]?.ready().authorities, 3);
    assert.equal(running[0]?.ready().ready, false);
    const clients = peers.map(
      ({ address, keyHash }) => new AuthorityClient({ socks: null, address, keyHash }),
    );
    const sendAll = async (): Promise<void> => {
      for (const signed of descriptors()) {
        for (const [i, client] of clients.entries()) {
          if (running[i] !== null) await client.submit(signed);
        }
      }
    };
    await sendAll();
    await until('a first document', 30, () => running.every((one) => one?.ready().ready === true));
    const books = await Promise.all(
      clients.map(async (client) => {
        const book = new DocumentBook(card);
        for (const bytes of await client.documents()) book.add(bytes);
        return book;
      }),
    );
    const hashes = books.map((book) => hex(book.newest()?.hash ?? new Uint8Array(0)));
    assert.equal(new Set(hashes).size, 1, 'all publish the same one');
    const first = books[0]?.newest()?.document;
    assert.ok(first?.immediate);
    assert.equal(first.relays.length, network.relays.length);

    await running[2]?.stop();
    running[2] = null;
    await sendAll();
    const [book] = books;
    assert.ok(book);
    await until('a later document without the third', 30, async () => {
      await fetchInto(book, clients[0]);
      return (book.newest()?.document.epoch ?? 0) > first.epoch;
    });
    assert.deepEqual(book.evidence(), []);

    const third = configs[2];
    assert.ok(third);
    running[2] = await runAuthority(third, (line) => reports.push(line));
    const late = new DocumentBook(card);
    await until('the third to catch up', 15, async () => {
      await fetchInto(late, clients[2]);
      return (late.newest()?.document.epoch ?? 0) > first.epoch;
    });
    assert.deepEqual(reports, [], 'nothing that an operator would have to look into');
    assert.deepEqual(readdirSync(join(dir, '0', 'evidence')), []);
  } finally {
    for (const one of running) await one?.stop();
  }
});

async function fetchInto(book: DocumentBook, client: AuthorityClient | undefined): Promise<void> {
  const found = (await client?.documents(book.newest()?.document.epoch ?? null)) ?? [];
  for (const bytes of found) book.add(bytes);
}
