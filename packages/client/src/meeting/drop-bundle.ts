/** What is left of the private halves of an invitation that nobody can answer any more (08-sessions.md, 2). */
import type { ProfileStore, SessionWrites } from '../ports.ts';
import { applyWrites, type ErasedWork, erased, firstAble, type Resting } from '../sessions/jobs.ts';
import { blob, num } from '../store/rows.ts';

export function dropBundle(store: ProfileStore, resting: Resting): ErasedWork | null {
  const rows = store.all(
    `SELECT id, bundle FROM invitations
     WHERE bundle IS NOT NULL AND state IN ('revoked','expired','used')`,
  );
  const found = firstAble('drop-bundle', rows, resting);
  if (found === null) return null;
  const { key, row } = found;
  const forget = (): void => {
    store.run('UPDATE invitations SET bundle = NULL WHERE id = ?', num(row, 'id'));
  };
  return erased<SessionWrites>({
    name: 'drop-bundle',
    key,
    run: (port) => Promise.resolve(port.dropBundle(blob(row, 'bundle'))),
    commit: (writes) => {
      applyWrites(store, writes);
      forget();
    },
    fail: forget,
  });
}
