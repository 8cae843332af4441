/** The tables in the README of docs/spec and docs/decisions: one row for each page, by its title. */
import type { Finding } from '../lib/report.ts';
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

/** Code and pages name a page by its number, so no two of a folder have the same. */
export function checkNumbers(folder: string, files: readonly string[]): Finding[] {
  const firsts = new Map<string, string>();
  return files.flatMap((file) => {
    const name = file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : '';
    const [number] = /^\d+(?=-.*\.md$)/.exec(name) ?? [];
    if (number === undefined) return [];
    const first = firsts.get(number);
    if (first === undefined) firsts.set(number, file);
    return first === undefined ? [] : [{ file, message: `${number} is the number of ${first}` }];
  });
}
