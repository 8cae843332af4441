/** Help that begins with what people want to do. */
import { type Command, GLOBAL_OPTIONS, type OptionSpec } from './command.ts';
import { COMMANDS } from './table.ts';

const START = `Tacet: messages that hide who talks to whom.

Examples
  tacet profile create "Alice"             make an identity, start the daemon
  tacet network join home.card             join a network by its card
  tacet invite create                      a link for one friend
  tacet invite accept "tacet://..."        the friend's side
  tacet send bob "hello" --wait delivered  seconds, not milliseconds: a mix network is slow
  tacet open                               the window in your browser
`;

export function mainHelp(): string {
  const width = Math.max(...COMMANDS.map((command) => title(command).length));
  const lines = COMMANDS.map((c) => `  ${title(c).padEnd(width)}  ${c.summary}`);
  return `${START}
Commands
${lines.join('\n')}

Everywhere
${optionLines(GLOBAL_OPTIONS)}

Exit codes: 0 ok, 1 failed, 2 usage, 3 daemon not running, 4 locked, 5 not found,
6 network or timeout, 7 refused, 8 queued but not confirmed, 130 interrupted.
`;
}

export function commandHelp(command: Command): string {
  const parts = [
    `${command.summary[0]?.toUpperCase() ?? ''}${command.summary.slice(1)}.`,
    `Examples\n${command.examples.map((example) => `  ${example}`).join('\n')}`,
    `Usage\n  tacet ${title(command)}${command.options === undefined ? '' : ' [options]'}`,
  ];
  if (command.details !== undefined) parts.push(command.details);
  parts.push(`Options\n${optionLines({ ...command.options, ...GLOBAL_OPTIONS })}`);
  return `${parts.join('\n\n')}\n`;
}

function title(command: Command): string {
  return command.args === undefined ? command.path : `${command.path} ${command.args}`;
}

function optionLines(options: Readonly<Record<string, OptionSpec>>): string {
  const names = Object.entries(options).map(([name, spec]) => {
    const short = spec.short === undefined ? '' : `-${spec.short}, `;
    return `${short}--${name}${spec.value === undefined ? '' : ` ${spec.value}`}`;
  });
  const width = Math.max(...names.map((name) => name.length));
  return Object.values(options)
    .map((spec, i) => `  ${(names[i] ?? '').padEnd(width)}  ${spec.help}`)
    .join('\n');
}
