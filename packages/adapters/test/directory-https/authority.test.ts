import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { isAppError } from '@tacet/base';
import { DocumentBook, MAX_DESCRIPTOR_BYTES } from '@tacet/directory';
import { AuthorityMachine, type SubmitOutcome } from '@tacet/relay';
import { makeTestNetwork, TEST_NOW } from '@tacet/testkit';
import {
  AuthorityClient,
  type AuthorityServer,
  type AuthorityService,
  serveAuthority,
} from '../../src/directory-https/index.ts';
import { makeCertificate } from '../../src/tls/certificate.ts';
import { LINK_TLS } from '../../src/tls/options.ts';

const identity = makeCertificate(generateKeyPairSync('ed25519').privateKey);
const nothing: AuthorityService = { submit: () => ({ kind: 'accepted' }), documents: () => [] };

async function withServer(
  service: AuthorityService,
  use: (client: AuthorityClient, server: AuthorityServer) => Promise<void>,
): Promise<void> {
  const { certPem, keyPem, keyHash } = identity;
  const server = await serveAuthority({ service, certPem, keyPem, host: '127.0.0.1', port: 0 });
  try {
    const address = `127.0.0.1:${server.port}`;
    await use(new AuthorityClient({ socks: null, address, keyHash, timeoutMs: 5_000 }), server);
  } finally {
    await server.close();
    await server.close();
  }
}

/** Writes raw bytes after the handshake and gives back all that comes until the end. */
async function raw(server: AuthorityServer, text: string): Promise<string> {
  const socket = connect({
    ...LINK_TLS,
    host: '127.0.0.1',
    port: server.port,
    rejectUnauthorized: false,
  });
  await once(socket, 'secureConnect');
  socket.write(text);
  let answer = '';
  socket.on('data', (part) => {
    answer += part.toString('latin1');
  });
  socket.on('error', () => {});
  await once(socket, 'close');
  return answer;
}

test('relays register with an authority and fetch the first and the second document', async () => {
  const network = makeTestNetwork({ mixesPerLayer: 1, edges: 2 });
  const [keyPair] = network.authorities;
  assert.ok(keyPair);
  const machine = new AuthorityMachine({
    keyPair,
    trust: network.trust,
    parameters: network.parameters,
    allowed: network.relays.map((relay) => relay.hash),
    state: null,
  });
  let now = TEST_NOW;
  const service: AuthorityService = {
    submit: (signed) => machine.submit(signed, now),
    documents: () => machine.documents(),
  };
  await withServer(service, async (client) => {
    assert.equal(await client.newest(), null);
    for (const relay of network.relays) await client.submit(relay.signedDescriptor);
    await client.submit(network.relays[0]?.signedDescriptor ?? new Uint8Array(0));
    const first = await client.newest();
    assert.ok(first);
    const book = new DocumentBook(network.trust);
    assert.equal(book.add(first), 'added');

    now = machine.deadline() ?? 0;
    machine.advance(now);
    const epoch = book.newest()?.document.epoch ?? 0;
    const later = await client.documents(epoch);
    assert.deepEqual(
      later.map((bytes) => book.add(bytes)),
      ['added'],
    );
    assert.equal((await client.documents()).length, 2);
    assert.deepEqual(await client.documents(epoch + 1), []);
  });
});

test('a refusal comes back under its own code', async () => {
  const outcome: SubmitOutcome = { kind: 'refused', code: 'descriptor-not-allowed' };
  await withServer({ ...nothing, submit: () => outcome }, async (client) => {
    await assert.rejects(client.submit(Uint8Array.of(1)), (error) =>
      isAppError(error, 'descriptor-not-allowed'),
    );
  });
});

test('a server with another key gets no request', async () => {
  let asked = 0;
  const service = {
    ...nothing,
    documents() {
      asked += 1;
      return [];
    },
  };
  await withServer(service, async (_, server) => {
    const address = `127.0.0.1:${server.port}`;
    const client = new AuthorityClient({ socks: null, address, keyHash: new Uint8Array(32) });
    await assert.rejects(client.newest(), (error) => isAppError(error, 'authority-key'));
  });
  assert.equal(asked, 0);
});

test('an authority that is down is one error, of kind network', async () => {
  let address = '';
  await withServer(nothing, async (_, server) => {
    address = `127.0.0.1:${server.port}`;
  });
  const client = new AuthorityClient({
    socks: null,
    address,
    keyHash: identity.keyHash,
    timeoutMs: 2_000,
  });
  await assert.rejects(
    client.newest(),
    (error) => isAppError(error, 'authority-unreachable') && error.kind === 'network',
  );
});

test('an authority that accepts and says nothing runs into the time limit', async () => {
  const silent = createServer({
    ...LINK_TLS,
    cert: identity.certPem,
    key: identity.keyPem,
  });
  const sockets: TLSSocket[] = [];
  silent.on('secureConnection', (socket) => {
    socket.on('error', () => {});
    sockets.push(socket);
  });
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const client = new AuthorityClient({
    socks: null,
    address,
    keyHash: identity.keyHash,
    timeoutMs: 200,
  });
  try {
    await assert.rejects(client.newest(), (error) => isAppError(error, 'authority-unreachable'));
  } finally {
    for (const socket of sockets) socket.destroy();
    silent.close();
  }
});

test('a body over the cap is refused before it is read', async () => {
  let submitted = 0;
  const service: AuthorityService = {
    ...nothing,
    submit() {
      submitted += 1;
      return { kind: 'accepted' };
    },
  };
  await withServer(service, async (client, server) => {
    await client.submit(new Uint8Array(MAX_DESCRIPTOR_BYTES));
    await assert.rejects(client.submit(new Uint8Array(MAX_DESCRIPTOR_BYTES + 1)));
    const headers = 'POST /1/descriptor HTTP/1.1\r\nhost: a\r\n';
    for (const length of ['transfer-encoding: chunked', 'content-length: 0', 'content-length: x']) {
      const answer = await raw(server, `${headers}${length}\r\n\r\n0\r\n\r\n`);
      assert.match(answer, /^HTTP\/1.1 (413|400) |^$/, length);
    }
  });
  assert.equal(submitted, 1);
});

test('other paths and methods are not found', async () => {
  await withServer(nothing, async (_, server) => {
    const requests = [
      'GET / HTTP/1.1',
      'PUT /1/descriptor HTTP/1.1',
      'GET /1/document?after=01 HTTP/1.1',
      'GET /1/document?after=-1 HTTP/1.1',
      'GET /1/document?after=99999999999 HTTP/1.1',
      'GET /1/documents HTTP/1.1',
    ];
    for (const line of requests) {
      const answer = await raw(server, `${line}\r\nhost: a\r\ncontent-length: 0\r\n\r\n`);
      assert.match(answer, /^HTTP\/1.1 404 /, line);
    }
  });
});

test('an answer that never ends stops at the cap', async () => {
  const endless = createServer({ ...LINK_TLS, cert: identity.certPem, key: identity.keyPem });
  endless.on('secureConnection', (socket) => {
    socket.on('error', () => {});
    socket.write('HTTP/1.1 200 OK\r\ntacet-epoch: 1\r\nconnection: close\r\n\r\n');
    const more = (): void => {
      if (!socket.destroyed) socket.write(new Uint8Array(1 << 20), () => setImmediate(more));
    };
    more();
  });
  endless.listen(0, '127.0.0.1');
  await once(endless, 'listening');
  const address = `127.0.0.1:${(endless.address() as AddressInfo).port}`;
  const client = new AuthorityClient({
    socks: null,
    address,
    keyHash: identity.keyHash,
    timeoutMs: 10_000,
  });
  try {
    await assert.rejects(client.newest(), (error) => isAppError(error, 'authority-answer'));
  } finally {
    // Waits until every connection has ended: the client must have hung up.
    endless.close();
    await once(endless, 'close');
  }
});
