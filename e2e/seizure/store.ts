/** A person's files as somebody reads them who took them, without and with what opens them. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openProfile } from '@tacet/adapters/profiles-sqlcipher';
import { Sensitive } from '@tacet/base';
import type { SqlRow } from '@tacet/client';
import { hashKeyed, openBox } from '@tacet/crypto';
import { readablePages } from '@tacet/testkit/sqlcipher-pages';
import { readBelow } from '../relay/lib/files.ts';

/** Of `O_WRONLY | O_RDWR` in the octal flags of fdinfo. */
const WRITES = 0o3;

const SLOTS = [0, 1, 2, 3];

/** What the files say without any key, one after the other. */
export function asTheyAre(folder: string): Buffer {
  return Buffer.concat(readBelow(folder).map(({ bytes }) => bytes));
}

/** What a secret of the keychain opens (docs/spec/10-store.md, 2 to 4); null: nothing. */
export function openedBy(
  profile: string,
  secret: Uint8Array,
): { readonly slot: number; readonly databaseKey: Uint8Array } | null {
  const vault = join(profile, 'vault');
  const root = hashKeyed(secret, 'profile-keychain', 32, readFileSync(join(vault, 'salt')));
  for (const slot of SLOTS) {
    const key = hashKeyed(root, 'profile-slot', 32, Uint8Array.of(slot));
    const head = readFileSync(join(vault, `${slot}.head`));
    const opened = openBox(key, head.subarray(0, 24), head.subarray(24));
    if (opened !== null) return { slot, databaseKey: opened.subarray(8, 40) };
  }
  return null;
}

/** All pages of the database, decrypted. @param secret of the keychain */
export function withTheKey(profile: string, secret: Uint8Array): Buffer {
  const opened = openedBy(profile, secret);
  if (opened === null) throw new Error('no header opens');
  const path = join(profile, `vault/${opened.slot}.data`);
  const { data, log } = readablePages(path, opened.databaseKey);
  return Buffer.concat([data, log]);
}

/** Rows of a copy of the profile. */
export async function rowsOf(
  profile: string,
  secret: Uint8Array,
  sql: string,
): Promise<readonly SqlRow[]> {
  const copy = mkdtempSync(join(tmpdir(), 'tacet-seized-'));
  try {
    cpSync(join(profile, 'vault'), join(copy, 'vault'), { recursive: true });
    const opened = await openProfile({
      dir: copy,
      kind: 'keychain',
      secret: new Sensitive(secret),
    });
    try {
      return opened.store.all(sql);
    } finally {
      opened.close();
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Files that a process has open for writing. Only on Linux. */
export function writtenBy(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/${pid}/fd/${fd}`);
      const flags = /^flags:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1'));
      const writes = (Number.parseInt(flags?.[1] ?? '0', 8) & WRITES) > 0;
      return writes && path.startsWith('/') && !path.startsWith('/dev/') ? [path] : [];
    } catch (error) {
      // Closed meanwhile.
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    }
  });
}

const CELL = 147_456;
const SEALED = 144_848;

/** What a file's cells hold for somebody who has their key (docs/spec/19-files.md, 5). */
export function inCells(profile: string, key: Uint8Array, file: number): Buffer {
  const blocks: Uint8Array[] = [];
  for (const slot of SLOTS) {
    const cells = readFileSync(join(profile, `vault/${slot}.cells`));
    for (let at = 0; at + CELL <= cells.length; at += CELL) {
      for (let block = 0; block < cells.length / CELL; block++) {
        const place = Buffer.alloc(12);
        place.writeBigUInt64BE(BigInt(file));
        place.writeUInt32BE(block, 8);
        const sealed = cells.subarray(at + 24, at + 24 + SEALED);
        const opened = openBox(key, cells.subarray(at, at + 24), sealed, place);
        if (opened !== null) blocks.push(opened);
      }
    }
  }
  return Buffer.concat(blocks);
}
