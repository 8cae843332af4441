/** The tables in the README of docs/spec and docs/decisions: one row for each page, by its title. */
import type { Read } from './pages.ts';

export const INDEXED = ['docs/spec', 'docs/decisions'] as const;

/** The README with its table renewed; everything above the table stays. */
export function renderIndex(folder: string, files: readonly string[], read: Read): string {
  const index = `${folder}/README.md`;
  const page = read(index);
  const table = page.indexOf('| page |');
  const head = table === -1 ? `${page.trimEnd()}\n\n` : page.slice(0, table);
  const rows = files
    .filter((file) => file.startsWith(`${folder}/`) && file.endsWith('.md') && file !== index)
    .map((file) => {
      const [, number = '', title = ''] = /^# (?:(\d+) )?(.*)$/m.exec(read(file)) ?? [];
      const name = file.slice(folder.length + 1);
      return `| [${number === '' ? name.replace('.md', '') : number}](${name}) | ${title} |`;
    });
  return `${head}${['| page | |', '| --- | --- |', ...rows].join('\n')}\n`;
}
