/** Arguments to a command with its options. Wrong ones are `usage`, with a guess at what was meant. */
import { parseArgs } from 'node:util';
import { AppError, nearest } from '@tacet/base';
import { type Command, GLOBAL_OPTIONS, type OptionSpec } from './command.ts';
import type { Options } from './context.ts';
import { COMMANDS } from './table.ts';

export interface Parsed {
  /** Null for bare `tacet` and `tacet help`. */
  readonly command: Command | null;
  readonly args: readonly string[];
  readonly options: Options;
}

type Specs = Readonly<Record<string, OptionSpec>>;

export function parse(argv: readonly string[]): Parsed {
  const helping = leadingWords(argv)[0] === 'help';
  const given = helping ? argv.toSpliced(argv.indexOf('help'), 1) : argv;
  const words = leadingWords(given);
  const command = words.length === 0 ? null : findCommand(words);
  const specs: Specs = { ...command?.options, ...GLOBAL_OPTIONS };
  const { values, positionals } = split(given, specs, command);
  const options: Options = helping ? { ...values, help: true } : values;
  if (command === null) return { command, args: [], options };
  const args = positionals.slice(command.path.split(' ').length);
  if (options['help'] !== true) checkArity(command, args);
  return { command, args, options };
}

/** The first two words that are no option; only options every command has may stand before. */
function leadingWords(argv: readonly string[]): string[] {
  const words: string[] = [];
  for (let i = 0; i < argv.length && words.length < 2; i++) {
    const part = argv[i] ?? '';
    if (part === '--profile' || part === '-p' || part === '--token-file') i += 1;
    else if (part === '-' || !part.startsWith('-')) words.push(part);
    else if (!isGlobal(part)) break;
  }
  return words;
}

function isGlobal(part: string): boolean {
  const name = part.replace(/^--?/, '').split('=', 1)[0] ?? '';
  return Object.entries(GLOBAL_OPTIONS).some(
    ([long, spec]) => name === long || ('short' in spec && name === spec.short),
  );
}

interface Split {
  readonly values: Options;
  readonly positionals: readonly string[];
}

function split(argv: readonly string[], specs: Specs, command: Command | null): Split {
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, { type, short }]) => [
      name,
      short === undefined ? { type } : { type, short },
    ]),
  );
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const values: Record<string, string | boolean> = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const spec = Object.hasOwn(specs, token.name) ? specs[token.name] : undefined;
    if (spec === undefined) throw unknownOption(token.rawName, token.name, specs, command);
    if (token.name in values) throw usage(`--${token.name} was given twice`);
    if (spec.type === 'boolean') {
      if (token.value !== undefined) throw usage(`--${token.name} takes no value`);
      values[token.name] = true;
    } else {
      if (token.value === undefined) throw usage(`--${token.name} needs a value`);
      values[token.name] = token.value;
    }
  }
  return { values, positionals };
}

function unknownOption(raw: string, name: string, specs: Specs, command: Command | null): AppError {
  const guess = nearest(name, Object.keys(specs));
  if (guess !== null) return usage(`unknown option ${raw}; did you mean --${guess}?`);
  const elsewhere = COMMANDS.some((one) => Object.hasOwn(one.options ?? {}, name));
  if (!elsewhere) return usage(`unknown option ${raw}`);
  if (command === null) return usage(`${raw} belongs after its command`);
  return usage(`${raw} is not an option of tacet ${command.path}`);
}

function checkArity(command: Command, args: readonly string[]): void {
  const [least, most] = command.arity;
  if (args.length >= least && args.length <= most) return;
  const what = args.length < least ? 'too few' : 'too many';
  throw usage(`${what} arguments: tacet ${command.path} ${command.args ?? 'takes none'}`);
}

function findCommand(words: readonly string[]): Command {
  const [noun = '', verb] = words;
  const found =
    COMMANDS.find((one) => one.path === words.join(' ')) ??
    COMMANDS.find((one) => one.path === noun);
  if (found !== undefined) return found;
  const verbs = COMMANDS.flatMap((one) => {
    const [first, second] = one.path.split(' ');
    return first === noun && second !== undefined ? [second] : [];
  });
  if (verbs.length > 0) {
    const guess = verb === undefined ? null : nearest(verb, verbs);
    if (guess !== null) throw usage(`unknown command; did you mean tacet ${noun} ${guess}?`);
    throw usage(`tacet ${noun} needs one of: ${verbs.join(', ')}`);
  }
  const known = COMMANDS.flatMap((one) => [one.path, one.path.split(' ')[0] ?? '']);
  const guess = nearest(words.join(' '), known) ?? nearest(noun, known);
  throw usage(
    guess === null
      ? 'unknown command; see tacet help'
      : `unknown command; did you mean tacet ${guess}?`,
  );
}

function usage(message: string): AppError {
  return new AppError('usage', 'usage', message);
}
