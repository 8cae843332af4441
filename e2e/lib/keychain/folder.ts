/** What is used of the keychain library, over a folder: one file an account. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeychainEntry } from '@tacet/adapters/keychain';

let folder = '';

export function keepIn(where: string): void {
  folder = where;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

export class AsyncEntry implements KeychainEntry {
  private readonly file: string;

  constructor(service: string, account: string) {
    const name = createHash('sha256').update(`${service}\0${account}`).digest('hex');
    this.file = join(folder, name);
  }

  async getSecret(): Promise<Uint8Array | null> {
    return existsSync(this.file) ? readFileSync(this.file) : null;
  }

  async setSecret(secret: Uint8Array): Promise<void> {
    writeFileSync(this.file, secret, { mode: 0o600 });
  }

  async deleteCredential(): Promise<boolean> {
    const had = existsSync(this.file);
    rmSync(this.file, { force: true });
    return had;
  }
}
