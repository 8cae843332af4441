/**
 * The folder of the demonstration: `.tacet` of this checkout, or TACET_HOME. Profiles stand in it
 * by name; everything else begins with a dot, so that it can be nobody's profile.
 */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { REPOSITORY } from '../lib/tree.ts';

export class StartError extends Error {}

export interface DemoHome {
  readonly dir: string;
  readonly network: string;
  /** Logs of what was started. */
  readonly logs: string;
  /** A file (0600) with the passphrase of that profile; made on first use. */
  passphraseFile(profile: string): string;
  release(): void;
}

/** Throws StartError when one runs already or the folder is not ours. */
export function openHome(fresh: boolean): DemoHome {
  const own = process.env['TACET_HOME'] ?? '';
  const dir = own === '' ? join(REPOSITORY, '.tacet') : own;
  const inner = join(dir, '.start');
  const isNew = !existsSync(dir);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const uid = process.getuid?.();
  if (uid !== undefined && statSync(dir).uid !== uid) {
    throw new StartError('the folder of the demonstration belongs to another user');
  }
  if (!isNew && !existsSync(inner) && own !== '') {
    throw new StartError(
      'TACET_HOME holds something else than a demonstration; choose a new folder',
    );
  }
  chmodSync(dir, 0o700);
  mkdirSync(inner, { recursive: true, mode: 0o700 });
  const release = lock(join(inner, 'lock'));
  if (fresh) clear(dir);
  const logs = join(inner, 'logs');
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  return {
    dir,
    network: join(dir, '.network'),
    logs,
    release,
    passphraseFile(profile) {
      const file = join(inner, `${profile}.passphrase`);
      if (!existsSync(file)) {
        writeFileSync(file, `${randomBytes(16).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
      }
      return file;
    },
  };
}

export function readPassphrase(file: string): string {
  return readFileSync(file, 'utf8').trim();
}

/** A transaction that stays open: the system ends it with the process, however that goes. */
function lock(path: string): () => void {
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch {
    database.close();
    throw new StartError(
      'the demonstration runs already; its windows: npx tacet --profile alice open',
    );
  }
  return () => database.close();
}

/** What this program made, and nothing else. */
function clear(dir: string): void {
  for (const name of ['.network', 'alice', 'bob', 'echo']) {
    rmSync(join(dir, name), { recursive: true, force: true });
  }
  const inner = join(dir, '.start');
  rmSync(join(inner, 'logs'), { recursive: true, force: true });
  for (const name of ['alice', 'bob', 'echo']) {
    rmSync(join(inner, `${name}.passphrase`), { force: true });
  }
}
