/** One run of the command line: parse, call, and turn whatever happened into an exit code. */
import { hintFor, RemoteError } from '@tacet/api';
import { AppError } from '@tacet/base';
import { Context, SCHEMA } from './context.ts';
import { EXIT, exitCodeOf } from './exit.ts';
import { commandHelp, mainHelp } from './help.ts';
import { type Parsed, parse } from './parse.ts';
import { findProfile } from './paths.ts';
import { safeJson, safeLine } from './safe.ts';
import type { Tell } from './tell.ts';
import type { Terminal } from './terminal.ts';

export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  let context: Context | null = null;
  try {
    const parsed = parse(argv);
    const help = helpFor(parsed);
    if (help !== null) {
      terminal.out(help);
      return EXIT.ok;
    }
    const { command, args, options } = parsed;
    if (command === null) {
      terminal.err(mainHelp());
      return EXIT.usage;
    }
    const profile = typeof options['profile'] === 'string' ? options['profile'] : 'default';
    context = new Context(terminal, findProfile(profile, terminal.env), args, options);
    return (await command.run(context)) ?? EXIT.ok;
  } catch (error) {
    report(error, argv.includes('--json'), terminal, context?.tell ?? ((text) => text));
    return exitCodeOf(error);
  } finally {
    context?.close();
  }
}

function helpFor({ command, options }: Parsed): string | null {
  if (options['help'] !== true) return null;
  return command === null ? mainHelp() : commandHelp(command);
}

function report(error: unknown, json: boolean, terminal: Terminal, tell: Tell): void {
  const known =
    error instanceof AppError
      ? error
      : new AppError('internal', 'bug', 'something unexpected went wrong');
  const found = known instanceof RemoteError ? known.hint : hintFor(known.code, known.kind);
  const hint = found === null ? null : tell(found);
  const message = tell(known.message);
  if (json) {
    terminal.err(`${safeJson({ schema: SCHEMA, code: known.code, message, hint })}\n`);
    return;
  }
  terminal.err(`tacet: ${safeLine(message)}\n`);
  if (hint !== null) terminal.err(`       ${safeLine(hint)}\n`);
  if (known.kind === 'bug' && process.env['TACET_DEBUG'] === '1' && error instanceof Error) {
    terminal.err(`${error.stack ?? ''}\n`);
  }
}
