/** `npm run e2e -- network`: a network of several operators and a crowd, chapter by chapter. */
import { commitName, machineName } from '@tacet/lab/about';
import { asTable, type NetworkResult, network } from './run.ts';

export interface NetworkArguments {
  readonly people?: string | undefined;
  readonly authorities?: string | undefined;
  readonly chapters?: string | undefined;
  readonly epoch?: string | undefined;
  readonly seed?: string | undefined;
  readonly json?: boolean | undefined;
}

export async function run(args: NetworkArguments): Promise<number> {
  const people = whole(args.people ?? '40', 2, 400);
  const epochS = whole(args.epoch ?? '120', 20, 3_600);
  const authorities = whole(args.authorities ?? '5', 1, 9);
  if (people === null || epochS === null || authorities === null) {
    process.stderr.write(
      '--people takes 2 to 400, --epoch 20 to 3600 seconds, --authorities 1 to 9\n',
    );
    return 2;
  }
  const result = await network({
    people,
    epochMs: epochS * 1_000,
    chapters: args.chapters?.split(',') ?? null,
    seed: args.seed ?? String(Date.now()),
    authorities,
    mixesPerLayer: 3,
    edges: 4,
    pauseMs: 20_000,
    say: (line) => void process.stderr.write(`${line}\n`),
  });
  process.stdout.write(
    args.json === true ? `${JSON.stringify(asObject(result))}\n` : `${asTable(result)}\n`,
  );
  return result.holds ? 0 : 1;
}

function whole(text: string, least: number, most: number): number | null {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : null;
}

function asObject(result: NetworkResult): object {
  const { tally } = result;
  return {
    e2e: 'network',
    holds: result.holds,
    figures: {
      people: result.people,
      processes: result.processes,
      texts: tally.given,
      delivered: tally.delivered,
      lost: tally.lost.length,
      twice: tally.twice.length,
      foreign: tally.foreign.length,
      seconds: result.seconds,
    },
    chapters: result.chapters,
    seed: result.seed,
    date: new Date().toISOString().slice(0, 10),
    machine: machineName(),
    commit: commitName(),
  };
}
