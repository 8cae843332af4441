/** Alice and Bob, who have met, with the command line and what stands last between them. */
import { join } from 'node:path';
import type { MessageView } from '@tacet/api';
import type { DaemonProcess } from '../lib/daemon.ts';
import { introduce } from '../lib/meet.ts';
import { type Outcome, tacet } from '../lib/tacet.ts';
import { Town } from '../lib/town.ts';

export interface FileStage {
  readonly town: Town;
  readonly home: string;
  readonly alice: DaemonProcess;
  readonly bob: DaemonProcess;
  run(who: string, ...argv: string[]): Promise<Outcome>;
  newest(who: DaemonProcess): Promise<MessageView | null>;
}

/** @param timeout of a command, ms */
export function withFiles(
  parameters: NonNullable<Parameters<typeof Town.with>[0]['parameters']>,
  timeout: number,
  work: (stage: FileStage) => Promise<void>,
): Promise<void> {
  return Town.with({ parameters }, async (town) => {
    const home = join(town.dir, 'people');
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    await introduce(town, alice, bob);
    await work({
      town,
      home,
      alice,
      bob,
      run: (who, ...argv) => tacet(home, who, argv, { timeout }),
      async newest({ api }) {
        const { contacts } = await api.call('contact.list', {});
        return contacts[0]?.lastMessage ?? null;
      },
    });
  });
}
