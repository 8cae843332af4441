/**
 * The two long-lived keys of a relay or authority: its identity, which names it for ever, and the
 * key of its TLS links. Files of the data folder; losing the identity means a new relay.
 */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { type LinkIdentity, makeCertificate } from '@tacet/adapters/link-tls';
import { AppError, type Rng, randomBytes } from '@tacet/base';
import { type HybridKeyPair, hybridKeyPair, wipe } from '@tacet/crypto';
import { privateFolder, readSecret, writeDurably } from './files.ts';

const SEED = 64;

export interface RelayKeys {
  readonly identity: HybridKeyPair;
  readonly link: LinkIdentity;
}

/** Makes both keys in a folder that has none. */
export function createKeys(folder: string, rng: Rng): RelayKeys {
  privateFolder(folder);
  const seed = randomBytes(rng, SEED);
  writeDurably(join(folder, 'identity.key'), seed);
  wipe(seed);
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeDurably(join(folder, 'link.key'), Buffer.from(pem));
  return readKeys(folder);
}

/** Null without such a file. @throws `key-damaged`, `key-readable` */
export function readLinkKey(path: string): LinkIdentity | null {
  const link = readSecret(path);
  if (link === null) return null;
  try {
    return makeCertificate(createPrivateKey({ key: Buffer.from(link), format: 'pem' }));
  } catch (cause) {
    throw damaged(cause);
  } finally {
    wipe(link);
  }
}

/** @throws `key-missing`, `key-damaged`, `key-readable` */
export function readKeys(folder: string): RelayKeys {
  const seed = readSecret(join(folder, 'identity.key'));
  const link = readSecret(join(folder, 'link.key'));
  if (seed === null || link === null) {
    throw new AppError(
      'key-missing',
      'missing',
      'the data folder holds no keys: put back `identity.key` and `link.key`, or make a new relay',
    );
  }
  try {
    if (seed.length !== SEED) throw new RangeError('length');
    const key = createPrivateKey({ key: Buffer.from(link), format: 'pem' });
    return { identity: hybridKeyPair(seed), link: makeCertificate(key) };
  } catch (cause) {
    throw damaged(cause);
  } finally {
    wipe(seed, link);
  }
}

function damaged(cause: unknown): AppError {
  const message = 'a key file of this relay is damaged: put it back from a copy';
  return new AppError('key-damaged', 'storage', message, { cause });
}
