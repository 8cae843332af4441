/** `vault promises`: what the vault promises, and against whom. */
import { PROMISES } from '@tacet/api';
import type { Command } from '../command.ts';

const WIDTH = 78;
const LABEL = 10;

export const vaultPromises: Command = {
  path: 'vault promises',
  summary: 'what vault, locks and deletion promise, and against whom',
  arity: [0, 0],
  examples: ['tacet vault promises', 'tacet vault promises --json'],
  async run(context) {
    context.show({ promises: PROMISES }, () =>
      PROMISES.map(({ who, cannot, can }) =>
        [...wrap(who, 0), ...labelled('  cannot', cannot), ...labelled('  can', can)].join('\n'),
      ).join('\n\n'),
    );
    return undefined;
  },
};

function labelled(label: string, text: string): string[] {
  const [first = '', ...rest] = wrap(text, LABEL);
  return [`${label.padEnd(LABEL)}${first.trimStart()}`, ...rest];
}

/** Lines of at most `WIDTH` columns, each behind so many blanks. */
function wrap(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => ' '.repeat(indent) + one);
}
