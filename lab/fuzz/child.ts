/** One role in a process of its own: lines of JSON on standard output, the last one the report. */
import { runRole } from './engine.ts';
import { ROLES } from './roles/index.ts';

export type Line =
  | { readonly done: number; readonly of: number }
  | { readonly report: Awaited<ReturnType<typeof runRole>> };

const [name, count, seed, seconds = 'Infinity'] = process.argv.slice(2);
const kind = ROLES.find((role) => role.name === name);
if (kind === undefined || count === undefined || seed === undefined) {
  throw new RangeError('child.ts <role> <count> <seed> [seconds]');
}
const say = (line: Line): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const options = { count: Number(count), seed, seconds: Number(seconds) };
say({ report: await runRole(kind, options, (done, of) => say({ done, of })) });
