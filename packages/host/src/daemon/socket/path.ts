/**
 * Where the socket is: in the profile's directory, or, when that path is too long to bind, in a
 * private temporary directory whose path the profile's directory tells.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { MAX_SOCKET_PATH } from '../limits.ts';

export interface SocketPlace {
  readonly path: string;
  /** Removes the socket and what was made for it. */
  clear(): void;
}

/** Call while holding the directory lock: whatever lies at the usual place is stale. */
export function prepareSocketPlace(dir: string): SocketPlace {
  const usual = join(dir, 'daemon.sock');
  const note = join(dir, 'daemon.sock.path');
  rmSync(usual, { force: true });
  rmSync(note, { force: true });
  if (Buffer.byteLength(usual) <= MAX_SOCKET_PATH) {
    return { path: usual, clear: () => rmSync(usual, { force: true }) };
  }
  const path = join(mkdtempSync(join(tmpdir(), 'tacet-')), 's');
  writeFileSync(note, path, { mode: 0o600 });
  return {
    path,
    clear() {
      rmSync(note, { force: true });
      rmSync(dirname(path), { recursive: true, force: true });
    },
  };
}
