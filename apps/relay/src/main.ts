/** The program: finds the command, turns errors into one sentence and an exit code. */
import { card } from './commands/card.ts';
import { configCheck } from './commands/config.ts';
import { networkCreate } from './commands/network.ts';
import { run } from './commands/run.ts';
import { runAll } from './commands/run-all.ts';
import { EXIT, exitCodeOf } from './exit.ts';
import { HELP } from './help.ts';
import { usage } from './options.ts';
import { describe, type Output, standardOutput } from './output.ts';
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
  const [first, second, ...rest] = args;
  if (first === undefined || first === '--help' || first === 'help' || args.includes('--help')) {
    output.out(HELP.trimEnd());
    if (first === undefined) throw usage('a command is missing');
    return;
  }
  if (first === '--version' || first === 'version') {
    output.out(`tacet-relay ${VERSION}`);
    return;
  }
  const after = args.slice(1);
  if (first === 'run') return run(after, output);
  if (first === 'run-all') return runAll(after, output);
  if (first === 'card') return card(after, output);
  if (first === 'network' && second === 'create') return networkCreate(rest, output);
  if (first === 'config' && second === 'check') return configCheck(rest, output);
  throw usage('no such command: see `tacet-relay --help`');
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
