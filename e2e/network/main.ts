/** `npm run e2e -- network`: a network of several operators and a crowd, chapter by chapter. */
import { commitName, machineName } from '@tacet/lab/about';
import { asObject, asTable } from './report.ts';
import { network } from './run.ts';

export interface NetworkArguments {
  readonly people?: string | undefined;
  readonly authorities?: string | undefined;
  readonly chapters?: string | undefined;
  readonly epoch?: string | undefined;
  readonly slot?: string | undefined;
  readonly seed?: string | undefined;
  readonly json?: boolean | undefined;
}

export async function run(args: NetworkArguments): Promise<number> {
  const people = whole(args.people ?? '40', 2, 400);
  const epochS = whole(args.epoch ?? '60', 20, 3_600);
  const authorities = whole(args.authorities ?? '5', 1, 9);
  const slotMs = whole(args.slot ?? '500', 100, 10_000);
  if (people === null || epochS === null || slotMs === null || authorities === null) {
    process.stderr.write(
      '--people takes 2 to 400, --epoch 20 to 3600 s, --slot 100 to 10000 ms, --authorities 1 to 9\n',
    );
    return 2;
  }
  const commit = commitName();
  const result = await network({
    people,
    epochMs: epochS * 1_000,
    slotMs,
    chapters: args.chapters?.split(',') ?? null,
    seed: args.seed ?? String(Date.now()),
    authorities,
    mixesPerLayer: 3,
    edges: 4,
    pauseMs: 30_000,
    say: (line) => void process.stderr.write(`${line}\n`),
  });
  const forPeople = args.json === true ? process.stderr : process.stdout;
  forPeople.write(`${asTable(result)}\n`);
  if (args.json === true) {
    const made = {
      date: new Date().toISOString().slice(0, 10),
      machine: machineName(),
      commit,
    };
    process.stdout.write(`${JSON.stringify({ ...asObject(result), ...made })}\n`);
  }
  return result.holds ? 0 : 1;
}

function whole(text: string, least: number, most: number): number | null {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : null;
}
