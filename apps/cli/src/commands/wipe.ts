/** `wipe`: destroys a profile. */
import { AppError } from '@tacet/base';
import type { Command } from '../command.ts';
import { removeTraces } from '../launch.ts';
import { gone, withDaemon } from './daemon.ts';

export const wipe: Command = {
  path: 'wipe',
  summary: 'destroy this profile: its keys at once, then everything it kept here',
  arity: [0, 0],
  options: { yes: { type: 'boolean', help: 'you mean it' } },
  examples: ['tacet wipe', 'tacet --profile work wipe --yes'],
  details:
    'Needs no passphrase. Nothing else brings it back, and your contacts are not told. Backups and other copies elsewhere stay (a recovery phrase still opens its backups: remove their folder, too); on flash memory and in snapshots of a file system old blocks may last.',
  async run(context) {
    const { place } = context;
    if (!context.flag('yes')) {
      const message = `this destroys all that ${place.name} keeps on this computer, for good: say --yes if you mean it`;
      throw new AppError('usage', 'usage', message);
    }
    const { pid, keychain } = await withDaemon(context, [], async (api) => {
      const status = await api.call('status', {});
      return { pid: status.pid, ...(await api.call('profile.wipe', { sure: true })) };
    });
    await gone(pid);
    removeTraces(place.dir);
    context.show({ wiped: true, keychain }, () => `the profile ${place.name} is destroyed`);
    if (keychain === 'unknown') {
      context.note('no keychain answered; what one may hold for it opens nothing any more');
    }
    return undefined;
  },
};
