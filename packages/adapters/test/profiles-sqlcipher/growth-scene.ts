/** A vault with two profiles; and a process in which one of them outgrows its files, and which dies on the way. */
import { Sensitive, utf8 } from '@tacet/base';
import { createProfile, openProfile } from '../../src/profiles-sqlcipher/index.ts';
import { watchDisk } from '../disk-steps.ts';

/** As good as passphrases, and answered at once. */
export const options = (dir: string, text: string) => ({
  dir,
  first: 4,
  kind: 'keychain' as const,
  secret: new Sensitive(utf8(text.padEnd(32, '.'))),
});

/** Rows that `outgrow` writes: the fourth fits no file at once. */
export const ROWS = 7;
const LARGE = 4;
/** What it says once its cell is written. */
export const CELL = 'cell';
const PLACE = { key: new Uint8Array(32).fill(5), file: 1, block: 0 };
const BLOCK = new Uint8Array(144_832).fill(9);

export async function makeTwo(dir: string): Promise<void> {
  const first = await createProfile({ ...options(dir, 'first'), slot: 1 });
  first.store.exec('CREATE TABLE t (n INTEGER, v BLOB) STRICT');
  await first.addProfile(options(dir, 'second'), [], async (store) => {
    store.exec('CREATE TABLE t (n INTEGER, v BLOB) STRICT');
    store.run("INSERT INTO t VALUES (0, x'02')");
  });
  first.close();
}

export async function outgrow(dir: string, say: (what: string) => void): Promise<void> {
  const profile = await openProfile(options(dir, 'first'));
  for (let n = 1; n <= ROWS; n++) {
    const bytes = new Uint8Array(n === LARGE ? 40_000 : 5_000).fill(n);
    profile.store.transaction(() => profile.store.run('INSERT INTO t VALUES (?, ?)', n, bytes));
    say(String(n));
    if (n === LARGE) profile.store.checkpoint();
  }
  const cells = await profile.cells();
  await cells.write(0, PLACE, BLOCK);
  say(CELL);
  profile.close();
}

/** What there is, in order, with `CELL` at the end where it can be read. */
export async function found(dir: string): Promise<string[]> {
  const profile = await openProfile(options(dir, 'first'));
  await profile.checked();
  const rows = profile.store.all('SELECT n, length(v) AS l FROM t ORDER BY rowid');
  const said = rows.map(({ n, l }) => (l === (n === LARGE ? 40_000 : 5_000) ? `${n}` : `cut ${n}`));
  const cells = await profile.cells();
  const bytes = await cells.read(0, PLACE).catch(() => null);
  profile.close();
  return bytes === null ? said : [...said, CELL];
}

if (import.meta.main) {
  const [dir = '', at = '', fate = ''] = process.argv.slice(2);
  watchDisk(Number(at), fate === 'torn' ? 'torn' : 'killed');
  await outgrow(dir, (what) => process.stdout.write(`${what}\n`));
}
