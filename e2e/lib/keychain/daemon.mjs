/**
 * The production daemon on a computer whose keychain is a folder: opening a profile takes no
 * Argon2id with its 256 MiB, most of a core's second each time. Passphrases are used in e2e/start and
 * e2e/daemon. Takes the arguments of `tacet-daemon`, and besides `--keychain FOLDER` and, for a clock
 * that a run may set, `--clock FILE`.
 *
 * Plain JavaScript that tells the engine what the shipped program tells it before anything of ours is
 * read: a daemon that strips types takes 20 MB and a tenth of a second more.
 */
import '@tacet/daemon/engine';
import { registerHooks } from 'node:module';

const [{ obeyClock }, { keepIn }] = await Promise.all([
  import('../clock.ts'),
  import('./folder.ts'),
]);
const at = process.argv.indexOf('--keychain');
const [, folder] = process.argv.splice(at, 2);
if (at < 0 || folder === undefined) throw new RangeError('--keychain FOLDER');
keepIn(folder);
obeyClock(process.argv);
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@napi-rs/keyring'
      ? { url: new URL('./folder.ts', import.meta.url).href, shortCircuit: true }
      : next(specifier, context),
});

await import(new URL('../../../apps/daemon/bin/tacet-daemon.mjs', import.meta.url).href);
