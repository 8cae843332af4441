import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { isAppError } from '@tacet/base';
import { keyHashOf, makeCertificate, peerKeyHash } from '../../src/tls/certificate.ts';

const keys: readonly [string, () => KeyObject][] = [
  ['Ed25519', () => generateKeyPairSync('ed25519').privateKey],
  ['P-256', () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey],
];

for (const [name, make] of keys) {
  test(`${name}: OpenSSL reads the certificate and its signature holds`, () => {
    const identity = makeCertificate(make());
    const certificate = new X509Certificate(identity.certPem);
    assert.ok(certificate.verify(certificate.publicKey));
    assert.equal(certificate.subject, 'CN=tacet');
    assert.equal(certificate.issuer, 'CN=tacet');
    assert.equal(certificate.validToDate.getUTCFullYear(), 9999);
    assert.deepEqual(keyHashOf(certificate), identity.keyHash);
    assert.equal(identity.keyHash.length, 32);
  });

  test(`${name}: a TLS 1.3 handshake with X25519MLKEM768 shows both key hashes`, async () => {
    const server = makeCertificate(make());
    const client = makeCertificate(make());
    const listener = createServer({
      cert: server.certPem,
      key: server.keyPem,
      minVersion: 'TLSv1.3',
      ecdhCurve: 'X25519MLKEM768',
      requestCert: true,
      rejectUnauthorized: false,
    });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const accepted = once(listener, 'secureConnection');
    const socket = connect({
      port: (listener.address() as AddressInfo).port,
      host: '127.0.0.1',
      cert: client.certPem,
      key: client.keyPem,
      minVersion: 'TLSv1.3',
      ecdhCurve: 'X25519MLKEM768',
      rejectUnauthorized: false,
    });
    try {
      await once(socket, 'secureConnect');
      const [peer] = (await accepted) as [TLSSocket];
      assert.equal(socket.getProtocol(), 'TLSv1.3');
      assert.deepEqual(peerKeyHash(socket), server.keyHash);
      assert.deepEqual(peerKeyHash(peer), client.keyHash);
      peer.destroy();
    } finally {
      socket.destroy();
      listener.close();
    }
  });
}

test('an Ed25519 certificate is the same bytes each time it is made', () => {
  const key = generateKeyPairSync('ed25519').privateKey;
  assert.equal(makeCertificate(key).certPem, makeCertificate(key).certPem);
});

test('other keys are refused', () => {
  const wrong = [
    generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey,
    generateKeyPairSync('x25519').privateKey,
    generateKeyPairSync('ed25519').publicKey,
  ];
  for (const key of wrong) {
    assert.throws(
      () => makeCertificate(key),
      (error) => isAppError(error, 'link-key'),
    );
  }
});
