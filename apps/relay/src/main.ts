/** The program: finds the command, turns errors into one sentence and an exit code. */
import { nearest } from '@tacet/base';
import type { Command } from './command.ts';
import { EXIT, exitCodeOf } from './exit.ts';
import { commandHelp, mainHelp } from './help.ts';
import { readGiven, usage } from './options.ts';
import { describe, type Output, standardOutput } from './output.ts';
import { COMMANDS } from './table.ts';
import { VERSION } from './version.ts';

/** @returns the exit code. */
export async function main(args: readonly string[], output: Output): Promise<number> {
  try {
    await dispatch(args, output);
    return EXIT.ok;
  } catch (error) {
    output.warn(describe(error));
    return exitCodeOf(error);
  }
}

async function dispatch(args: readonly string[], output: Output): Promise<void> {
  const [first, second] = args;
  if (first === undefined || first === '--help' || first === 'help') {
    output.out(mainHelp(COMMANDS).trimEnd());
    if (first === undefined) throw usage('a command is missing');
    return;
  }
  if (first === '--version' || first === 'version') {
    output.out(`tacet-relay ${VERSION}`);
    return;
  }
  const command = find(first, second);
  const rest = args.slice(command.path.split(' ').length);
  if (rest.includes('--help')) {
    output.out(commandHelp(command).trimEnd());
    return;
  }
  await command.run(readGiven(command, rest), output);
}

function find(first: string, second: string | undefined): Command {
  const paths = COMMANDS.map(({ path }) => path);
  const found =
    COMMANDS.find(({ path }) => path === `${first} ${second}`) ??
    COMMANDS.find(({ path }) => path === first);
  if (found !== undefined) return found;
  const meant = nearest(`${first} ${second ?? ''}`.trim(), paths) ?? nearest(first, paths);
  throw usage(
    meant === null
      ? 'no such command: see `tacet-relay --help`'
      : `no such command; did you mean \`tacet-relay ${meant}\`?`,
  );
}

/** Not run when a test imports this file. */
export async function start(): Promise<void> {
  process.on('uncaughtException', (error) => {
    standardOutput.warn(describe(error));
    process.exit(EXIT.failed);
  });
  process.exitCode = await main(process.argv.slice(2), standardOutput);
  // Pending timers of a stopped relay must not keep the process.
  if (process.stdout.writableLength === 0) process.exit();
  process.stdout.once('drain', () => process.exit());
}
