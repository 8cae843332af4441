/** `npm run e2e -- people`: the lives of six people, and what their stores hold at the end. */
import { asObject, asTable } from './report.ts';
import { people } from './run.ts';

export interface PeopleArguments {
  readonly seed?: string | undefined;
  readonly json?: boolean | undefined;
}

export async function run(args: PeopleArguments): Promise<number> {
  const result = await people({
    epochMs: 30_000,
    slotMs: 250,
    pauseMs: 2_500,
    seed: args.seed ?? String(Date.now()),
    say: (line) => void process.stderr.write(`${line}\n`),
  });
  const forPeople = args.json === true ? process.stderr : process.stdout;
  forPeople.write(`${asTable(result)}\n`);
  if (args.json === true) process.stdout.write(`${JSON.stringify(asObject(result))}\n`);
  return result.holds ? 0 : 1;
}
