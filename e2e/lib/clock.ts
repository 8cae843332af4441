/**
 * A computer's clock that a run may set: wrong by the milliseconds in a file, read again each
 * second. For programs started by a run only; nothing that is shipped knows of it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function clockFile(dir: string, name: string): string {
  return join(dir, `${name}.ms`);
}

export function setClock(file: string, aheadMs: number): void {
  writeFileSync(file, String(aheadMs));
}

/** Takes `--clock FILE` out of the arguments and puts this program's clock under it, if it stands there. */
export function obeyClock(argv: string[]): void {
  const at = argv.indexOf('--clock');
  if (at < 0) return;
  const [, file] = argv.splice(at, 2);
  if (file === undefined) throw new RangeError('--clock FILE');
  const real = Date.now;
  let ahead = Number(readFileSync(file, 'utf8'));
  Date.now = () => real() + ahead;
  setInterval(() => {
    ahead = Number(readFileSync(file, 'utf8'));
  }, 1_000).unref();
}
