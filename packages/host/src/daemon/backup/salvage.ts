/** A profile from what can still be read of a damaged one (docs/spec/20-recovery.md, 12). */
import { isAbsolute } from 'node:path';
import type { ParamsOf, ResultOf } from '@tacet/api';
import { AppError, type Millis } from '@tacet/base';
import { fenceSalvaged, mendSalvaged, salvageTables } from '@tacet/client/salvaged';
import type { Opened, ProfileSecret, ProfileVault } from '../ports.ts';
import { secretOf } from '../refusals.ts';

type Report = ResultOf<'profile.salvage'>['contents'];

/** Throws `salvage-folder`, `salvage-keys`, and as `ProfileVault.salvage`. There is a profile when it resolves. */
export function salvageInto<Store extends Opened>(
  vault: ProfileVault<Store>,
  params: Record<string, unknown>,
  now: Millis,
): (secret: ProfileSecret) => Promise<Report> {
  const { folder, current } = params as ParamsOf<'profile.salvage'>;
  return async (secret) => {
    if (!isAbsolute(folder)) {
      const message = 'name the folder of the damaged profile by its whole path';
      throw new AppError('salvage-folder', 'usage', message);
    }
    const reports: Report[] = [];
    const from = { dir: folder, secret: secretOf(current) };
    await vault.salvage(secret, from, {
      tables: salvageTables,
      mend: mendSalvaged,
      prepare(store, { tables, withCells, ...found }) {
        const { pages, damaged, repaired, brokenFrames, copies, unplaced } = found;
        const {
          conversations,
          lost,
          tables: others,
          ...view
        } = fenceSalvaged(store, tables, withCells, now);
        reports.push({
          ...view,
          conversations: [...conversations],
          lost: [...lost],
          tables: [...others],
          pages,
          damaged: damaged + brokenFrames,
          repaired,
          copies: [...copies],
          unplaced,
        });
      },
    });
    const [report] = reports;
    if (report !== undefined) return report;
    throw new AppError('internal', 'bug', 'a salvage did not look');
  };
}
