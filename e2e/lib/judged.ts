/** A run of a whole town: judged while its folder stands, so that logs stay when it does not hold. */
import { clockFile } from './clock.ts';
import { Town, type TownOptions } from './town.ts';

export interface RunTownOptions extends Omit<TownOptions, 'daemonArgs' | 'onFolder'> {
  /** Whose computers have a clock that the run may set. */
  readonly clocks?: (name: string) => boolean;
}

export interface Judge<R> {
  readonly holds: (result: R) => boolean;
  readonly say: (line: string) => void;
}

/** Rejects only when there is no result at all. */
export async function judged<R>(
  { clocks = () => false, ...options }: RunTownOptions,
  { holds, say }: Judge<R>,
  play: (town: Town) => Promise<R>,
): Promise<R> {
  let folder = '';
  const town: TownOptions = {
    ...options,
    onFolder: (dir) => {
      folder = dir;
    },
    daemonArgs: (name) => (clocks(name) ? ['--clock', clockFile(folder, name)] : []),
  };
  let result: { readonly of: R } | null = null;
  try {
    return await Town.with(town, async (made) => {
      result = { of: await play(made) };
      // Thrown, so that logs are kept.
      if (!holds(result.of)) throw new Error('it does not hold');
      return result.of;
    });
  } catch (error) {
    const found = result as { readonly of: R } | null;
    if (found === null) throw error;
    say(error instanceof Error ? error.message : String(error));
    return found.of;
  }
}

/** Seconds since that instant of `performance.now()`, to a tenth. */
export function since(began: number): number {
  return Math.round((performance.now() - began) / 100) / 10;
}
