import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { RedisCluster } from '@tacet/testkit/redis-cluster';
import { nameSpaceOf } from '../../src/boxes-redis/values.ts';
import { makeCertificate } from '../../src/tls/certificate.ts';
import { closeAtEnd, edgeHash, hasCode, openStore, put, TODAY, testBox } from './support.ts';

const PASSWORD = 'correct horse';
const folder = mkdtempSync(join(tmpdir(), 'tacet-redis-tls-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A certificate that is its own authority, for the name `tacet`. */
function certificate(name: string): {
  cert: string;
  key: string;
  files: { cert: string; key: string };
} {
  const { certPem, keyPem } = makeCertificate(generateKeyPairSync('ed25519').privateKey);
  const files = { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
  writeFileSync(files.cert, certPem);
  writeFileSync(files.key, keyPem, { mode: 0o600 });
  return { cert: certPem, key: keyPem, files };
}

const own = certificate('own');
const strange = certificate('strange');
const tls = { ca: own.cert, cert: own.cert, key: own.key, servername: 'tacet' };

let cluster: RedisCluster;
let refusedTwin: Promise<unknown>;
before(async () => {
  cluster = await RedisCluster.start({
    password: PASSWORD,
    tls: { ca: own.files.cert, ...own.files },
  });
  await openStore(cluster, 90, { password: PASSWORD, tls });
  // Takes its time until it is sure; looked at in the last test.
  refusedTwin = openStore(cluster, 90, { password: PASSWORD, tls }).then(
    () => null,
    (error: unknown) => error,
  );
});
closeAtEnd(() => cluster);

test('over TLS, with a password', async () => {
  const store = await openStore(cluster, 1, { password: PASSWORD, tls });
  const box = testBox(1);
  assert.equal(await put(store, box), 'stored');
  assert.ok((await store.get([box.mark]))[0]);
  const named = await openStore(cluster, 2, { user: 'default', password: PASSWORD, tls });
  assert.equal(await put(named, box), 'stored');
});

test('a wrong password, or none', async () => {
  await assert.rejects(openStore(cluster, 3, { password: 'wrong', tls }), hasCode('boxes-login'));
  await assert.rejects(openStore(cluster, 3, { tls }), hasCode('boxes-login'));
});

test('nodes with a strange certificate, and no certificate of ours', async () => {
  const options = { password: PASSWORD };
  const wrongCa = { ...tls, ca: strange.cert };
  await assert.rejects(openStore(cluster, 3, { ...options, tls: wrongCa }), hasCode('boxes-tls'));
  const wrongName = { ...tls, servername: 'other' };
  await assert.rejects(openStore(cluster, 3, { ...options, tls: wrongName }), hasCode('boxes-tls'));
  const nameless = { ca: own.cert, servername: 'tacet' };
  await assert.rejects(openStore(cluster, 3, { ...options, tls: nameless }), hasCode('boxes-tls'));
  await assert.rejects(openStore(cluster, 3, options), hasCode('boxes-unreachable'));
});

test('a user with the rights of docs/ops/redis.md, and no others', async () => {
  const page = readFileSync(new URL('../../../../docs/ops/redis.md', import.meta.url), 'utf8');
  const rights = /^ACL SETUSER edge-1 on >PASSWORD ~NAMESPACE\* (.*)$/m.exec(page)?.[1];
  assert.ok(rights);
  for (const i of cluster.nodes.keys()) {
    const space = `~${nameSpaceOf(edgeHash(4))}*`;
    await cluster.ask(i, 'ACL', 'SETUSER', 'edge-4', 'on', '>four', space, ...rights.split(' '));
  }
  const login = { user: 'edge-4', password: 'four', tls };
  const store = await openStore(cluster, 4, login);
  const box = testBox(1);
  assert.equal(await put(store, box), 'stored');
  assert.equal(await put(store, box), 'same');
  assert.ok((await store.get([box.mark]))[0]);
  await store.tombstone(box.mark, box.id, TODAY + 1);
  await store.put(testBox(2, { day: TODAY + 1 }));
  const before = await store.count();
  await store.expire(TODAY + 1);
  assert.equal(await store.count(), before - 1);
  assert.equal((await store.get([box.mark]))[0], null);
  assert.equal(await put(store, box), 'same');
  await store.close();
  await assert.rejects(openStore(cluster, 5, login), hasCode('boxes-login'));
});

test('a second process of one edge waits, and stops', async () => {
  assert.ok(hasCode('boxes-in-use')(await refusedTwin));
});
