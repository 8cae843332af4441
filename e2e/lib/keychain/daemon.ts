/**
 * The production daemon on a computer whose keychain is a folder: opening a profile takes no
 * Argon2id with its 256 MiB, most of a core's second each time. Passphrases are used in e2e/start and
 * e2e/daemon. Takes the arguments of `tacet-daemon`, and besides `--keychain FOLDER` and, for a clock
 * that a run may set, `--clock FILE`.
 */
import { registerHooks } from 'node:module';
import { obeyClock } from '../clock.ts';
import { keepIn } from './folder.ts';

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
