/** Methods of backups (packages/api/src/methods/backups.ts) that need an opened profile. */
import type { backupMethods } from '@tacet/api';
import type { HandlersOf } from '../scene.ts';

export const backupHandlers: HandlersOf<typeof backupMethods> = {
  'backup.phrase': async ({ backups }) => ({ phrase: backups.newPhrase().expose() }),
  'backup.set': ({ backups }, params) => backups.set(params),
  'backup.create': ({ backups }, { whole = false }) => backups.create(whole),
  'backup.status': ({ backups }) => backups.status(),
};
