/** Who looks after an open profile's backups and its rolling copies, which take their snapshots by turns. */
import type { Millis } from '@tacet/base';
import { BackupKeeper, type KeeperOptions } from './backup/keeper.ts';
import type { Opened } from './ports.ts';
import { RollingKeeper } from './rolling.ts';
import { Row } from './row.ts';

export interface Keepers {
  readonly backups: BackupKeeper;
  readonly rolling: RollingKeeper;
  /** Now and then. */
  tend(): void;
  /** Ends what is under way; what stands stays. */
  stop(patience?: Millis): Promise<void>;
}

export function makeKeepers(
  store: Pick<Opened, 'rolling' | 'snapshot'>,
  parts: Omit<KeeperOptions, 'row' | 'snapshot'>,
): Keepers {
  const row = new Row();
  const { turn, log } = parts;
  const snapshot = (withFiles: boolean) => store.snapshot(withFiles);
  const backups = new BackupKeeper({ ...parts, snapshot, row });
  const copies = store.rolling;
  const rolling = new RollingKeeper({ copies, snapshot: () => snapshot(false), turn, row, log });
  return {
    backups,
    rolling,
    tend() {
      backups.tend();
      rolling.tend();
    },
    async stop(patience) {
      await Promise.all([backups.stop(patience), rolling.stop(patience)]);
    },
  };
}
