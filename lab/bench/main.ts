/**
 * `npm run -s bench -- <name> [--json]`. With `--json` standard output carries exactly one object
 * {"bench", "figures", "machine", "commit"}; everything else goes to standard error.
 */
import { parseArgs } from 'node:util';
import { commitName, machineName } from '../src/about.ts';
import { BENCHES, type Figures } from './list.ts';

const HELP = `npm run -s bench -- <name> [--json]

${BENCHES.map(({ name, about }) => `  ${name.padEnd(10)} ${about}`).join('\n')}
  all        each of them, one after another; with --json one object a line

  --messages N   delivery: texts for each level (500); daemon: in the store (100000)
  --store DIR    daemon: a filled profile made by an earlier run, or to be kept for the next
  --part P       daemon: some of idle, search, start, burst, growth, with a comma between (all); with
                 --store, figures of the other parts of the same commit come along
  --megabytes N  files: size of the large one (20, about five minutes), of all about fifteen; with --part
                 some of levels, transfer, large; --kills N ends each side so often on the way of it
  --levels L     delivery: strong, balanced or both, with a comma between (both)
  --clients N    clients: how many (1000)
  --settle S     clients: seconds before measuring (60)
  --real P       clients: percent of slots with a real cover read (100)
  --seed S       delivery: order and pauses (printed when none is given)
  --boxes N      boxes: how many are written (1000000, about two minutes)
  --rate N       mix: frames a second for which packets are made (8000)
`;

function table(name: string, figures: Figures): string {
  const width = Math.max(...Object.keys(figures).map((key) => key.length));
  const lines = Object.entries(figures).map(
    ([key, value]) => `  ${key.padEnd(width)}  ${String(value).padStart(12)}`,
  );
  return `${[name, ...lines].join('\n')}\n`;
}

async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      messages: { type: 'string' },
      levels: { type: 'string' },
      seed: { type: 'string' },
      boxes: { type: 'string' },
      clients: { type: 'string' },
      settle: { type: 'string' },
      rate: { type: 'string' },
      real: { type: 'string' },
      store: { type: 'string' },
      part: { type: 'string' },
      megabytes: { type: 'string' },
      kills: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const [wanted, ...rest] = positionals;
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const benches = BENCHES.filter(({ name }) => wanted === 'all' || name === wanted);
  if (benches.length === 0 || rest.length > 0) {
    process.stderr.write(HELP);
    return 2;
  }
  const machine = machineName();
  const commit = commitName();
  for (const { name, run } of benches) {
    const figures = await run(values, (line) => void process.stderr.write(`${line}\n`));
    const text = values.json
      ? `${JSON.stringify({ bench: name, figures, machine, commit })}\n`
      : table(name, figures);
    process.stdout.write(text);
  }
  if (!values.json) process.stdout.write(`${machine}, ${commit}\n`);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const usage =
    error instanceof Error && String(Reflect.get(error, 'code')).startsWith('ERR_PARSE_ARGS');
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(usage ? `${error.message.split('\n', 1)[0]}\n\n${HELP}` : `${text}\n`);
  process.exitCode = usage ? 2 : 1;
}
