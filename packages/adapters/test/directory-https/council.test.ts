import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import { MAX_DOCUMENT_BYTES } from '@tacet/directory';
import type { CouncilOutcome } from '@tacet/relay';
import {
  AuthorityClient,
  type AuthorityServer,
  serveAuthority,
} from '../../src/directory-https/index.ts';
import { makeCertificate } from '../../src/tls/certificate.ts';

const [own, peer, stranger] = [0, 1, 2].map(() =>
  makeCertificate(generateKeyPairSync('ed25519').privateKey),
);
assert.ok(own && peer && stranger);

const heard: [string, number][] = [];
let outcome: CouncilOutcome = { kind: 'taken' };

async function withServer(use: (server: AuthorityServer) => Promise<void>): Promise<void> {
  const server = await serveAuthority({
    service: {
      submit: () => ({ kind: 'accepted' }),
      documents: () => [],
      tell: (what, bytes) => {
        heard.push([what, bytes.length]);
        return outcome;
      },
    },
    certPem: own?.certPem ?? '',
    keyPem: own?.keyPem ?? '',
    host: '127.0.0.1',
    port: 0,
    peers: [peer?.keyHash ?? new Uint8Array(32)],
  });
  try {
    await use(server);
  } finally {
    await server.close();
  }
}

function clientOf(server: AuthorityServer, identity?: typeof peer): AuthorityClient {
  return new AuthorityClient({
    socks: null,
    address: `127.0.0.1:${server.port}`,
    keyHash: own?.keyHash ?? new Uint8Array(32),
    timeoutMs: 5_000,
    ...(identity === undefined ? {} : { identity }),
  });
}

test('an authority tells another a vote and a signature', async () => {
  await withServer(async (server) => {
    const client = clientOf(server, peer);
    assert.equal(await client.tell('vote', new Uint8Array(300_000)), true);
    assert.equal(await client.tell('signature', new Uint8Array(9)), true);
    assert.deepEqual(heard.splice(0), [
      ['vote', 300_000],
      ['signature', 9],
    ]);
    // Relays show no key, and are served as before.
    await clientOf(server).submit(Uint8Array.of(1));
    assert.deepEqual(await clientOf(server, stranger).documents(), []);
  });
});

test('votes and signatures are taken from other authorities only', async () => {
  await withServer(async (server) => {
    for (const identity of [undefined, stranger]) {
      await assert.rejects(
        clientOf(server, identity).tell('vote', new Uint8Array(9)),
        (error) => isAppError(error, 'authority-refused') && error.kind === 'refused',
      );
    }
    assert.deepEqual(heard, []);
  });
});

test('what comes too early is told again, what is refused is not', async () => {
  await withServer(async (server) => {
    const client = clientOf(server, peer);
    const told = () => client.tell('vote', Uint8Array.of(1));
    const again: CouncilOutcome[] = ['vote-early', 'vote-epoch', 'signature-epoch'].map((code) => ({
      kind: 'refused',
      code,
    }));
    for (const refusal of again) {
      outcome = refusal;
      assert.equal(await told(), false);
    }
    for (const code of ['vote-late', 'vote-descriptor', 'vote-surplus', 'document-malformed']) {
      outcome = { kind: 'refused', code };
      await assert.rejects(told(), (error) => isAppError(error, 'authority-refused'));
    }
    outcome = { kind: 'known' };
    assert.equal(await told(), true);
    heard.length = 0;
  });
});

test('oversized votes and documents are refused before they are read', async () => {
  await withServer(async (server) => {
    const client = clientOf(server, peer);
    await assert.rejects(
      client.tell('signature', new Uint8Array(MAX_DOCUMENT_BYTES + 1)),
      (error) => isAppError(error),
    );
    assert.deepEqual(heard, []);
  });
});
