/** Methods of backups (packages/api/src/methods/backups.ts) that need an opened profile. */
import type { backupMethods } from '@tacet/api';
import type { HandlersOf } from '../scene.ts';

export const backupHandlers: HandlersOf<typeof backupMethods> = {
  'backup.phrase': async ({ keepers }) => ({
    phrase: (await keepers.backups.newPhrase()).expose(),
  }),
  'backup.set': ({ keepers }, params) => keepers.backups.set(params),
  'backup.create': ({ keepers }, { whole = false }) => keepers.backups.create(whole),
  'backup.status': async ({ keepers: { backups, rolling } }) => ({
    ...(await backups.status()),
    rolling: await rolling.status(),
  }),
};
