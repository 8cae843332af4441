/** `card`: the network card of a folder, as one line for whoever may join. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { currentCard, hasOneAuthority, ONE_AUTHORITY, readDescription } from '@tacet/host/relay';
import type { Command } from '../command.ts';
import { optionalText, textOption, usage } from '../options.ts';
import type { Output } from '../output.ts';

export const card: Command = {
  path: 'card',
  summary: 'print the network card: who has it may join',
  options: {
    dir: { type: 'string', value: 'DIR', help: 'folder made by `network create` or `init`' },
    config: {
      type: 'string',
      value: 'FILE',
      help: 'a relay: with the edges of its newest document',
    },
  },
  examples: [
    'tacet-relay card --dir net > network.card',
    'tacet-relay card --config edge-1/config.json    # after edges came or went',
  ],
  run({ values }, output) {
    const config = optionalText(values, 'config');
    if (config !== undefined && values['dir'] !== undefined)
      throw usage('--dir or --config, not both');
    if (config !== undefined) {
      say(currentCard(config, process.env), output);
      return;
    }
    const dir = textOption(values, 'dir');
    say(readFileSync(join(dir, readDescription(dir).card), 'utf8').trim(), output);
  },
};

/** Standard output is the card alone, so that it can go into a file. */
function say(text: string, output: Output): void {
  if (hasOneAuthority(text)) output.warn(ONE_AUTHORITY);
  output.out(text);
}
