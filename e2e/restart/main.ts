/** `npm run e2e -- restart`: the long form. `npm test` runs the short one. */
import { asObject, asTable } from './report.ts';
import { holds, restart } from './run.ts';

export interface RestartArguments {
  readonly messages?: string | undefined;
  readonly seed?: string | undefined;
  readonly json?: boolean | undefined;
}

export async function run(args: RestartArguments): Promise<number> {
  const messages = Number(args.messages ?? 1_000);
  if (!Number.isInteger(messages) || messages < 2 || messages > 100_000) {
    process.stderr.write('--messages takes a whole number from 2 to 100000\n');
    return 2;
  }
  const result = await restart({
    messages,
    seed: args.seed ?? String(Date.now()),
    rounds: 2,
    pauseMs: 400,
    between: [500, 4_000],
    down: [100, 3_000],
    slotMs: 100,
    epochMs: 60_000,
    say: (line) => void process.stderr.write(`${line}\n`),
  });
  process.stdout.write(
    args.json === true ? `${JSON.stringify(asObject(result))}\n` : `${asTable(result)}\n`,
  );
  return holds(result) ? 0 : 1;
}
