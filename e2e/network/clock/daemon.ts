/**
 * The production daemon on a computer whose clock is wrong: by the milliseconds in a file, read
 * again each second. Takes the arguments of `tacet-daemon`, and first `--clock FILE`.
 */
import { readFileSync } from 'node:fs';

const at = process.argv.indexOf('--clock');
const [, file] = process.argv.splice(at, 2);
if (at < 0 || file === undefined) throw new RangeError('--clock FILE');
const real = Date.now;
let ahead = Number(readFileSync(file, 'utf8'));
Date.now = () => real() + ahead;
setInterval(() => {
  ahead = Number(readFileSync(file, 'utf8'));
}, 1_000).unref();

await import(new URL('../../../apps/daemon/bin/tacet-daemon.mjs', import.meta.url).href);
