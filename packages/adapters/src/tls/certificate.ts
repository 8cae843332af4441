/**
 * The container TLS wants around a key: a self-signed X.509 certificate, written here in DER.
 * Nobody verifies it. Peers are known by the SHA-256 of their key's SPKI, so names, dates and
 * extensions carry no meaning and are the same in every certificate, which also means that it
 * tells nothing but the key. docs/decisions/0004-own-certificate-container.md.
 *
 * Must not be used where a certificate chain is to be checked.
 */
import {
  createHash,
  createPublicKey,
  type KeyObject,
  sign,
  type X509Certificate,
} from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { AppError, concat, utf8 } from '@tacet/base';

export interface LinkIdentity {
  readonly certPem: string;
  /** PKCS#8; secret. */
  readonly keyPem: string;
  /** SHA-256 of the public key's SPKI DER, 32 bytes. */
  readonly keyHash: Uint8Array;
}

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OID = 0x06;
const UTF8_STRING = 0x0c;
const SEQUENCE = 0x30;
const SET = 0x31;
const GENERALIZED_TIME = 0x18;
const VERSION_TAG = 0xa0;

/** 2.5.4.3, 1.3.101.112, 1.2.840.10045.4.3.2 */
const OID_COMMON_NAME = Uint8Array.of(0x55, 0x04, 0x03);
const OID_ED25519 = Uint8Array.of(0x2b, 0x65, 0x70);
const OID_ECDSA_SHA256 = Uint8Array.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02);

function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = concat(...parts);
  const n = body.length;
  if (n < 0x80) return concat(Uint8Array.of(tag, n), body);
  if (n < 0x100) return concat(Uint8Array.of(tag, 0x81, n), body);
  return concat(Uint8Array.of(tag, 0x82, n >> 8, n & 0xff), body);
}

/**
 * @param privateKey Ed25519 or P-256; anything else throws `link-key`.
 * @returns certificate and key as node:tls takes them, and the hash peers pin.
 */
export function makeCertificate(privateKey: KeyObject): LinkIdentity {
  const algorithm = der(SEQUENCE, der(OID, signatureOid(privateKey)));
  const spki = spkiOf(privateKey);
  const name = der(
    SEQUENCE,
    der(SET, der(SEQUENCE, der(OID, OID_COMMON_NAME), der(UTF8_STRING, utf8('tacet')))),
  );
  const validity = der(
    SEQUENCE,
    der(GENERALIZED_TIME, utf8('20000101000000Z')),
    der(GENERALIZED_TIME, utf8('99991231235959Z')),
  );
  const body = der(
    SEQUENCE,
    der(VERSION_TAG, der(INTEGER, Uint8Array.of(2))),
    der(INTEGER, Uint8Array.of(1)),
    algorithm,
    name,
    validity,
    name,
    spki,
  );
  const digest = privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  const signature = sign(digest, body, privateKey);
  const certificate = der(SEQUENCE, body, algorithm, der(BIT_STRING, Uint8Array.of(0), signature));
  return {
    certPem: pem(certificate),
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    keyHash: sha256(spki),
  };
}

/** SHA-256 of a certificate's SPKI DER: what documents and link certificates name. */
export function keyHashOf(certificate: X509Certificate): Uint8Array {
  return sha256(certificate.publicKey.export({ type: 'spki', format: 'der' }));
}

/** The peer's key hash after a handshake, null when it showed no certificate. */
export function peerKeyHash(socket: TLSSocket): Uint8Array | null {
  const certificate = socket.getPeerX509Certificate();
  return certificate === undefined ? null : keyHashOf(certificate);
}

function signatureOid(key: KeyObject): Uint8Array {
  if (key.type === 'private' && key.asymmetricKeyType === 'ed25519') return OID_ED25519;
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (key.type === 'private' && key.asymmetricKeyType === 'ec' && curve === 'prime256v1') {
    return OID_ECDSA_SHA256;
  }
  throw new AppError('link-key', 'usage', 'a link key must be an Ed25519 or P-256 private key');
}

function spkiOf(privateKey: KeyObject): Uint8Array {
  const bytes = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return new Uint8Array(bytes);
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}

function pem(bytes: Uint8Array): string {
  const lines = bytes.toBase64().match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
