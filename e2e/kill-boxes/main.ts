/** `npm run e2e -- kill-boxes`: the long form. `npm test` runs the short one. */
import { holds, killBoxes } from './run.ts';

export interface KillBoxesArguments {
  readonly puts?: string | undefined;
  readonly kills?: string | undefined;
  readonly seed?: string | undefined;
  readonly json?: boolean | undefined;
}

export async function run(args: KillBoxesArguments): Promise<number> {
  const puts = Number(args.puts ?? 100_000);
  const kills = Number(args.kills ?? 25);
  const whole = (n: number, most: number): boolean => Number.isInteger(n) && n >= 1 && n <= most;
  if (!whole(puts, 10_000_000) || !whole(kills, puts)) {
    process.stderr.write('--puts takes a whole number, --kills one that is not larger\n');
    return 2;
  }
  const seed = args.seed ?? String(Date.now());
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  say(`seed ${seed}`);
  const result = await killBoxes({ puts, kills, seed, say });
  const text =
    args.json === true
      ? JSON.stringify({ ...result, seed, holds: holds(result) })
      : Object.entries(result)
          .map(([name, n]) => `${name.padEnd(14)}${n}`)
          .join('\n');
  process.stdout.write(`${text}\n`);
  return holds(result) ? 0 : 1;
}
