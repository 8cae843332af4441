/** `completion`: a script for bash, zsh or fish, from the table of commands. */
import type { Command } from '../command.ts';
import { usage } from '../options.ts';

/** @param commands the others; called when it runs, since the table holds this command too */
export function completionOf(commands: () => readonly Command[]): Command {
  return {
    path: 'completion',
    args: 'SHELL',
    arity: [1, 1],
    summary: 'print a completion script for bash, zsh or fish',
    options: {},
    examples: [
      'tacet-relay completion bash > /etc/bash_completion.d/tacet-relay',
      'tacet-relay completion fish > ~/.config/fish/completions/tacet-relay.fish',
    ],
    run({ args: [shell] }, output) {
      switch (shell) {
        case 'bash':
          output.out(bash(commands()));
          return;
        case 'zsh':
          output.out(`autoload -U bashcompinit && bashcompinit\n${bash(commands())}`);
          return;
        case 'fish':
          output.out(fish(commands()));
          return;
        default:
          throw usage('completion wants bash, zsh or fish');
      }
    },
  };
}

function bash(commands: readonly Command[]): string {
  const firsts = [...new Set(commands.map(({ path }) => path.split(' ')[0]))].join(' ');
  const nouns = [
    ...new Set(
      commands.flatMap(({ path }) => (path.includes(' ') ? [path.split(' ')[0] ?? ''] : [])),
    ),
  ];
  const verbs = nouns.map((noun) => {
    const known = commands.flatMap(({ path }) =>
      path.startsWith(`${noun} `) ? [path.slice(noun.length + 1)] : [],
    );
    return `    ${noun}) [ "$COMP_CWORD" = 2 ] && words="${known.join(' ')}" ;;`;
  });
  const options = commands.map(
    ({ path, options: known }) =>
      `    "${path}") words="${Object.keys(known)
        .map((name) => `--${name}`)
        .join(' ')} --help" ;;`,
  );
  return `_tacet_relay() {
  local cur=\${COMP_WORDS[COMP_CWORD]} words=""
  [ "$COMP_CWORD" = 1 ] && words="${firsts} --help --version"
  case "\${COMP_WORDS[1]}" in
${verbs.join('\n')}
  esac
  if [ -z "$words" ] && [[ "$cur" == -* ]]; then
    local path="\${COMP_WORDS[1]}"
    case " ${nouns.join(' ')} " in *" $path "*) path="$path \${COMP_WORDS[2]}" ;; esac
    case "$path" in
${options.join('\n')}
    esac
  fi
  COMPREPLY=( $(compgen -W "$words" -- "$cur") )
  [ -z "$words" ] && COMPREPLY=( $(compgen -f -- "$cur") )
}
complete -F _tacet_relay tacet-relay`;
}

function fish(commands: readonly Command[]): string {
  const lines = commands.flatMap(({ path, summary, options }) => {
    const [first = '', second] = path.split(' ');
    const quoted = `'${summary.replaceAll("'", "\\'")}'`;
    const condition =
      second === undefined ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${first}`;
    const seen = `__fish_seen_subcommand_from ${second ?? first}`;
    return [
      ...(second === undefined
        ? []
        : [`complete -c tacet-relay -n __fish_use_subcommand -a ${first}`]),
      `complete -c tacet-relay -n '${condition}' -a ${second ?? first} -d ${quoted}`,
      ...Object.entries(options).map(
        ([name, { type, help }]) =>
          `complete -c tacet-relay -n '${seen}' -l ${name}${type === 'string' ? ' -r' : ''} -d '${help.replaceAll("'", "\\'")}'`,
      ),
    ];
  });
  return [...new Set(lines)].join('\n');
}
