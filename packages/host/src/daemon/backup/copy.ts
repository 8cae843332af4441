/** The copy of a backup's database that a test of it looks through (docs/spec/20-recovery.md, 6). */
import { rmSync } from 'node:fs';
import { join } from 'node:path';

/** @param dir the profile's folder */
export function copyIn(dir: string): string {
  return join(dir, 'backup-test');
}

/** Also at every start and with a wipe: a test that was killed left its copy, with what was deleted since. */
export function removeCopy(dir: string): void {
  rmSync(copyIn(dir), { recursive: true, force: true });
}
