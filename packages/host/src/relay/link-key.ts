/**
 * Changing the key of a relay's TLS links without a gap (docs/spec/06-directory.md, 6). The next key
 * lies beside the present one; the descriptor names it, and once the document in force does, it
 * becomes the present one. Peers accept both for as long. The identity is never changed.
 */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { LinkIdentity } from '@tacet/adapters/link-tls';
import { AppError } from '@tacet/base';
import { syncFolder, writeDurably } from './files.ts';
import { readLinkKey } from './keys.ts';

const PRESENT = 'link.key';
const NEXT = 'link.next.key';

/** Makes the next key. @throws `key-rotating` when there is one that was not taken up yet */
export function makeNextLinkKey(data: string): void {
  const path = join(data, NEXT);
  if (existsSync(path)) {
    throw new AppError(
      'key-rotating',
      'state',
      'the last change of the link key is still under way: the relay takes it up once documents name it',
    );
  }
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeDurably(path, Buffer.from(pem));
}

/** Null when no change is under way. @throws `key-damaged`, `key-readable` */
export function readNextLinkKey(data: string): LinkIdentity | null {
  return readLinkKey(join(data, NEXT));
}

/** The next key is the present one from now on, also after a crash. */
export function takeUpNextLinkKey(data: string): void {
  renameSync(join(data, NEXT), join(data, PRESENT));
  syncFolder(data);
}
