/** Which slot of a vault is open, as anybody sees who reads the folder (docs/spec/10-store.md, 2). */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The one with a log, which is there only while a profile is open or after a crash.
 * @param dir the profile's folder; throws when no slot or several have one
 */
export function openSlot(dir: string): number {
  const logs = readdirSync(join(dir, 'vault')).filter((name) => /^\d\.data-wal$/.test(name));
  const [log] = logs;
  if (log === undefined || logs.length > 1) throw new Error(`${logs.length} slots are open`);
  return Number(log[0]);
}
