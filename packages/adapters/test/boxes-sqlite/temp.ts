import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that is removed when the process ends. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'tacet-boxes-'));
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
