/** A vault with a profile, a decoy and a secret for coercion; and a process that opens it so and dies on the way. */
import { isAppError, Sensitive, utf8 } from '@tacet/base';
import {
  createProfile,
  openProfile,
  type ProfileOptions,
} from '../../src/profiles-sqlcipher/index.ts';
import { watchDisk } from '../disk-steps.ts';

type Options = (text: string) => ProfileOptions;

export const withPassphrases =
  (dir: string): Options =>
  (text) => ({ dir, first: 4, secret: new Sensitive(utf8(text)) });

/** As good as passphrases, and answered at once. */
export const withKeys =
  (dir: string): Options =>
  (text) => ({
    ...{ dir, first: 4, kind: 'keychain' },
    secret: new Sensitive(utf8(text.padEnd(32, '.'))),
  });

export async function makeCoerced(options: Options): Promise<void> {
  const first = await createProfile(options('right'));
  first.store.exec('CREATE TABLE t (v TEXT) STRICT');
  first.store.run('INSERT INTO t VALUES (?)', 'right');
  await first.addProfile(options('decoy'), [], async (store) => {
    store.exec('CREATE TABLE t (v TEXT) STRICT');
    store.run('INSERT INTO t VALUES (?)', 'decoy');
  });
  first.close();
  const decoy = await openProfile(options('decoy'));
  await decoy.addDuress(options('coerced'), [options('right')]);
  decoy.close();
}

/** What its secret opens in a vault, or the code of its refusal. */
export async function said(at: string, text: string): Promise<unknown> {
  try {
    const profile = await openProfile(withKeys(at)(text));
    const found = profile.store.get('SELECT v FROM t')?.['v'];
    profile.close();
    return found;
  } catch (error) {
    return isAppError(error, 'passphrase-wrong') ? error.code : Promise.reject(error);
  }
}

if (import.meta.main) {
  const [dir = '', at = '', fate = ''] = process.argv.slice(2);
  watchDisk(Number(at), fate === 'torn' ? 'torn' : 'killed');
  (await openProfile(withKeys(dir)('coerced'))).close();
}
