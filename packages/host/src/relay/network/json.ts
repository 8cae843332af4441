import { writeFileSync } from 'node:fs';

/** For its owner only: cards and configurations hold the join secret. */
export function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
}
