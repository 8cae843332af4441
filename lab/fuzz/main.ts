/**
 * `npm run fuzz`: hostile input for every role, two side by side. Ends with status 1 when anything
 * crashed, stalled, grew, replied to bad input, or a named reason came up too seldom.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { commitName, machineName, sourceName } from '../src/about.ts';
import { addChunks, type Chunk, checkChunks, SOURCES, sourcesOf } from './chunks.ts';
import { faults, figuresOf, type RoleFigures, table } from './report.ts';
import { ROLES } from './roles/index.ts';
import { runChild } from './run-child.ts';
import type { RoleKind } from './types.ts';

const HELP = `npm run fuzz -- [--role mix,edge] [--count 10000000] [--seed 1] [--json] [--add FILE]...

  --role R     ${ROLES.map(({ name }) => name).join(', ')}; several with a comma between (all)
  --count N    inputs for each role (10,000,000); 0 only adds up
  --seed S     the same seed gives the same inputs, but for signatures, which are hedged (1)
  --seconds S  each role ends after so long, whatever it has done by then
  --least N    a named reason that comes up less often is a fault (1,000; 1 below a million inputs)
  --json       one object on standard output and nothing else there
  --add FILE   counts together with what an earlier run printed with --json; several times, if need
               be; of the same committed packages and with another seed for the same role
`;

async function main(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      role: { type: 'string' },
      count: { type: 'string', default: '10000000' },
      seed: { type: 'string', default: '1' },
      seconds: { type: 'string', default: 'Infinity' },
      least: { type: 'string' },
      add: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const wanted = values.role?.split(',');
  const kinds = ROLES.filter(({ name }) => wanted?.includes(name) ?? true);
  const count = Number(values.count);
  const options = { count, seed: values.seed, seconds: Number(values.seconds) };
  const isUsable = Number.isSafeInteger(count) && count >= 0 && options.seconds > 0;
  if (!isUsable || kinds.length !== (wanted?.length ?? ROLES.length)) {
    process.stderr.write(HELP);
    return 2;
  }
  const [commit, source] = [commitName(), sourceName(SOURCES)];
  const earlier = values.add.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Chunk);
  // What does not belong together is found before the work, not after it.
  const planned = kinds.map(({ name }) => [name, { seeds: [values.seed] }]);
  if (count > 0) checkChunks([...earlier, { source, roles: Object.fromEntries(planned) }]);
  const own: Record<string, RoleFigures> = {};
  const queue = count > 0 ? [...kinds] : [];
  const work = async (): Promise<void> => {
    for (let kind = queue.shift(); kind; kind = queue.shift()) {
      own[kind.name] = figuresOf(await runChild(kind, options, say));
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
  const chunks = count > 0 ? [...earlier, { source, roles: own }] : earlier;
  const roles = addChunks(chunks);
  const all = ROLES.flatMap((kind): [RoleKind, RoleFigures][] => {
    const figures = roles[kind.name];
    return figures === undefined ? [] : [[kind, figures]];
  });
  for (const [kind, figures] of all) say(table(kind, figures));
  const least = (inputs: number): number => Number(values.least ?? (inputs < 1e6 ? 1 : 1_000));
  const found = all.flatMap(([kind, figures]) => faults(kind, figures, least(figures.inputs)));
  for (const fault of found) say(`FAULT ${fault}`);
  if (values.json) {
    const ordered = Object.fromEntries(all.map(([{ name }, figures]) => [name, figures]));
    const date = new Date().toISOString().slice(0, 10);
    const result = {
      bench: 'fuzz',
      figures: summary(all, found.length),
      roles: ordered,
      faults: found,
    };
    const about = { machine: machineName(), commit, source: sourcesOf(chunks), date };
    process.stdout.write(`${JSON.stringify({ ...result, ...about })}\n`);
  }
  return found.length === 0 ? 0 : 1;
}

function summary(all: readonly (readonly [RoleKind, RoleFigures])[], faultCount: number) {
  const figures: Record<string, number> = {};
  for (const [{ name, reasons }, role] of all) {
    figures[`${name}_inputs`] = role.inputs;
    figures[`${name}_reasons`] = reasons.length;
    figures[`${name}_least_reason`] = Math.min(...reasons.map((one) => role.reasons[one] ?? 0));
    figures[`${name}_slowest_ms`] = role.slowestMs;
    figures[`${name}_growth_mb`] = role.growthMb;
    figures[`${name}_replies_to_bad`] = role.repliesToBad;
  }
  return { ...figures, faults: faultCount };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isUsage =
    error instanceof Error && String(Reflect.get(error, 'code')).startsWith('ERR_PARSE_ARGS');
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  say(isUsage ? `${error.message.split('\n', 1)[0]}\n\n${HELP}` : text);
  process.exitCode = isUsage ? 2 : 1;
}
