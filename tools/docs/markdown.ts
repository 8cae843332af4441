/** The little of Markdown that the checks read: links, headings, tables, code left out. */

export interface Link {
  readonly target: string;
  readonly line: number;
}

/** Lines with fenced code blanked, so that line numbers stay. */
function proseLines(markdown: string): string[] {
  let fenced = false;
  return markdown.split('\n').map((line) => {
    if (/^\s*(```|~~~)/.test(line)) {
      fenced = !fenced;
      return '';
    }
    return fenced ? '' : line;
  });
}

/** Inline links and images, and reference definitions. */
export function linksOf(markdown: string): Link[] {
  const links: Link[] = [];
  proseLines(markdown).forEach((line, i) => {
    const visible = line.replace(/`[^`]*`/g, '');
    for (const match of visible.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)) {
      links.push({ target: match[1] ?? '', line: i + 1 });
    }
    const definition = /^\[[^\]]+\]:\s+(\S+)/.exec(visible);
    if (definition) links.push({ target: definition[1] ?? '', line: i + 1 });
  });
  return links;
}

/** The anchors of a page's headings, as code hosts make them. */
export function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>();
  for (const line of proseLines(markdown)) {
    const heading = /^#{1,6}\s+(.*)$/.exec(line)?.[1];
    if (heading === undefined) continue;
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-');
    let unique = slug;
    for (let n = 1; anchors.has(unique); n++) unique = `${slug}-${n}`;
    anchors.add(unique);
  }
  return anchors;
}

export interface TableRow {
  readonly cells: readonly string[];
  readonly line: number;
}

/** Every table row of the page except headings and rulers; `\|` is a bar inside a cell. */
export function tableRows(markdown: string): TableRow[] {
  const lines = proseLines(markdown);
  const rows: TableRow[] = [];
  lines.forEach((line, i) => {
    if (!line.startsWith('|') || isRuler(line) || isRuler(lines[i + 1] ?? '')) return;
    const cells = line
      .replace(/^\|/, '')
      .replace(/\|\s*$/, '')
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim());
    rows.push({ cells, line: i + 1 });
  });
  return rows;
}

function isRuler(line: string): boolean {
  return /^\|[\s:|-]+\|?\s*$/.test(line) && line.includes('-');
}

/** `` `code` `` -> `code`; other text as it is. */
export function unquote(cell: string): string {
  return cell.replace(/^`(.*)`$/, '$1');
}
