/** `card`: the network card of a folder, as one line for whoever may join. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDescription } from '@tacet/host/relay';
import { readOptions, textOption } from '../options.ts';
import type { Output } from '../output.ts';

export function card(args: readonly string[], output: Output): void {
  const dir = textOption(readOptions(args, { dir: { type: 'string' } }), 'dir');
  output.out(readFileSync(join(dir, readDescription(dir).card), 'utf8').trim());
}
