/** The commands of docs/ops/three-operators.md, in order, with the machines they run on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const PAGE = join(import.meta.dirname, '../../docs/ops/three-operators.md');

export interface Block {
  /** `## 3 Everybody starts` is 3. */
  readonly section: number;
  readonly machines: readonly string[];
  /** As the page has them, one for each line; a line that ends in `\` goes on in the next. */
  readonly commands: readonly string[];
}

/** Blocks marked `sh` and the names of machines; other blocks are for reading. */
export function readBlocks(markdown: string = readFileSync(PAGE, 'utf8')): Block[] {
  const blocks: Block[] = [];
  let section = 0;
  let open: { machines: string[]; lines: string[] } | null = null;
  for (const line of markdown.split('\n')) {
    const heading = /^## (\d+) /.exec(line);
    if (open === null && heading !== null) section = Number(heading[1]);
    const fence = /^```(?:sh ((?:[a-z]+ ?)+))?/.exec(line);
    if (fence === null) {
      open?.lines.push(line);
      continue;
    }
    if (open !== null) {
      const commands = open.lines
        .join('\n')
        .replace(/\\\n\s*/g, '')
        .split('\n');
      blocks.push({
        section,
        machines: open.machines,
        commands: commands.filter((one) => one !== ''),
      });
      open = null;
    } else if (fence[1] !== undefined) {
      open = { machines: fence[1].trim().split(' '), lines: [] };
    } else if (line !== '```') {
      throw new RangeError(`a block of another kind: ${line}`);
    } else {
      open = { machines: [], lines: [] };
    }
  }
  return blocks.filter(({ machines }) => machines.length > 0);
}
