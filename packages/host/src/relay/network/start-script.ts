/** `start.sh`: runs everything in its folder; for trying out, and where there is no systemd. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SCRIPT = `#!/bin/sh
# Runs every process of this folder and ends them together.
set -eu
cd "$(dirname "$0")"
exec tacet-relay run-all --dir .
`;

export function writeStartScript(dir: string): void {
  writeFileSync(join(dir, 'start.sh'), SCRIPT, { mode: 0o700 });
}
