/** What is about the profile itself: who it is, its backups, its locks. */

import { call } from '../link/rpc.ts';
import { openSheet } from '../state/actions.ts';
import { now, sheet, status } from '../state/store.ts';
import { backupLine } from '../words/backup.ts';
import { safeName } from '../words/safe.ts';
import { Locking } from './locking.tsx';
import { SheetFrame } from './sheet.tsx';
import { useRead } from './use-read.ts';

export function YouSheet() {
  const current = status.value;
  if (sheet.value?.kind !== 'you' || current === null) return null;
  return (
    <SheetFrame title={<bdi>{safeName(current.profile)}</bdi>}>
      <section class="block">
        <h3>Your address</h3>
        <p class="address">{current.address}</p>
        <p class="soft">Eight words for your keys. They are never used to find you.</p>
      </section>
      <Backups />
      <Locking />
    </SheetFrame>
  );
}

function Backups() {
  const backup = useRead(() => call('backup.status', {}), []);
  const isMissing = backup.value !== null && !backup.value.phrase;
  return (
    <section class="block">
      <h3>Backups</h3>
      {backup.problem !== null && <p class="bad">{backup.problem}</p>}
      {backup.value !== null && (
        <p class={isMissing || backup.value.failed !== null ? 'warn' : 'soft'}>
          {backupLine(backup.value, now.value)}
        </p>
      )}
      <button
        type="button"
        class={isMissing ? 'button button-main' : 'button'}
        onClick={() => openSheet({ kind: 'backup' })}
      >
        {isMissing ? 'Make a backup' : 'Backups'}
      </button>
    </section>
  );
}
