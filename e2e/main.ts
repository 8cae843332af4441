/** `npm run e2e -- <command>`: proofs over real processes, sockets and stores. */
import { parseArgs } from 'node:util';

const HELP = `npm run e2e -- <command>

  scenarios              the ten scenarios of the lab over sockets
  restart                kill -9 of any process while two people write to each other
      --messages N       texts, half of them each way (1000)
      --seed S           order of kills and texts (printed when none is given)
      --json             the result as one object on standard output
  kill-boxes             kill -9 of an edge while boxes are filled
      --puts N           boxes (100000)
      --kills N          (25)
      --seed S           (printed)
      --json             the result as one object on standard output
  network                five authorities, nine mixes, four edges, a crowd: epochs, failures, changes
      --people N         daemons, in pairs that write to each other (40)
      --authorities N    (5)
      --chapters A,B     only these, by the beginnings of their names
      --epoch S          length of an epoch, s (60)
      --slot MS          the network's T (500)
      --seed S, --json
  people                 lives of six people through kills, partitions, clock steps and absence
      --seed S           of what they do (printed)
      --json             the result as one object on standard output
  rhythm                 what a watcher of a client link sees: idle, typing, a burst of 200 texts
      --slot MS          the network's T (200)
      --frames N         frames recorded of each kind of hour (620)
      --json             the result as one object on standard output
  operator               docs/ops/three-operators.md, literally, in network namespaces (wants root)
      --fresh            only: a machine that knows nothing, given one full invitation
      --seed S           of the pauses between texts (printed)
      --json             the result as one object on standard output
  --help

Exit status 0: it holds. 1: it does not. 2: usage.
`;

async function main(argv: readonly string[]): Promise<number> {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(argv);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
    return 2;
  }
  const { values, positionals } = parsed;
  if (values.help === true) {
    process.stdout.write(HELP);
    return 0;
  }
  const [command, ...rest] = positionals;
  if (rest.length === 0) {
    switch (command) {
      case 'scenarios':
        return (await import('./scenarios.ts')).run();
      case 'restart':
        return (await import('./restart/main.ts')).run(values);
      case 'kill-boxes':
        return (await import('./kill-boxes/main.ts')).run(values);
      case 'network':
        return (await import('./network/main.ts')).run(values);
      case 'operator':
        return (await import('./operator/main.ts')).run(values);
      case 'people':
        return (await import('./people/main.ts')).run(values);
      case 'rhythm':
        return (await import('./rhythm/main.ts')).run(values);
      default:
    }
  }
  process.stderr.write(HELP);
  return 2;
}

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      messages: { type: 'string' },
      seed: { type: 'string' },
      puts: { type: 'string' },
      kills: { type: 'string' },
      people: { type: 'string' },
      authorities: { type: 'string' },
      chapters: { type: 'string' },
      epoch: { type: 'string' },
      slot: { type: 'string' },
      frames: { type: 'string' },
      json: { type: 'boolean' },
      fresh: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
}

// Ended by hand it exits, and takes down what `operator` built. Children end in any case.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
process.exitCode = await main(process.argv.slice(2));
