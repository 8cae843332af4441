/** Help, examples first; all of it comes from the table of commands. */
import type { Command, OptionSpec } from './command.ts';

const START = `tacet-relay: run a relay of a Tacet network, or a whole small network

Examples
  tacet-relay network create --dir net --name "My network" --demo
  tacet-relay run-all --dir net
  tacet-relay init --dir relay --join relay.card
  tacet-relay doctor --config relay/edge/config.json
  tacet-relay drain --config relay/edge/config.json --wait
`;

const END = `Every key of a configuration can be set by the environment: clientPort by TACET_RELAY_CLIENT_PORT.
Exit codes: 0 ok, 1 failed, 2 usage, 5 not found, 6 network, 7 refused, 130 interrupted.
`;

export function mainHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => title(command).length));
  const lines = commands.map((one) => `  ${title(one).padEnd(width)}  ${one.summary}`);
  return `${START}
Commands
${lines.join('\n')}

  tacet-relay COMMAND --help   its options; --version

${END}`;
}

export function commandHelp(command: Command): string {
  const parts = [
    `${command.summary[0]?.toUpperCase() ?? ''}${command.summary.slice(1)}.`,
    `Examples\n${command.examples.map((example) => `  ${example}`).join('\n')}`,
  ];
  if (command.details !== undefined) parts.push(command.details);
  parts.push(`Usage\n  tacet-relay ${title(command)} [options]`);
  const options = optionLines(command.options);
  if (options !== '') parts.push(`Options\n${options}`);
  return `${parts.join('\n\n')}\n`;
}

function title({ path, args }: Command): string {
  return args === undefined ? path : `${path} ${args}`;
}

function optionLines(options: Readonly<Record<string, OptionSpec>>): string {
  const names = Object.entries(options).map(
    ([name, { value }]) => `--${name}${value === undefined ? '' : ` ${value}`}`,
  );
  const width = Math.max(0, ...names.map((name) => name.length));
  return Object.values(options)
    .map(({ help }, i) => `  ${(names[i] ?? '').padEnd(width)}  ${help}`)
    .join('\n');
}
