/** docs/cases.md: each case has a state, and names the tests that show it. */
import type { Finding } from '../lib/report.ts';
import { tableRows } from './markdown.ts';
import { testReferences } from './test-names.ts';

export const CASES_PAGE = 'docs/cases.md';

export const STATES = ['covered', 'partly', 'not yet', 'cannot apply'] as const;
export type State = (typeof STATES)[number];

export interface CasesResult {
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Record<State, number>>;
  /** The same of each section, by the letter its ids begin with. */
  readonly sections: ReadonlyMap<string, Readonly<Record<State, number>>>;
}

/** Rows are `| id | case | state | tests, or the reason |`. */
export function checkCases(markdown: string): CasesResult {
  const findings: Finding[] = [];
  const none = { covered: 0, partly: 0, 'not yet': 0, 'cannot apply': 0 };
  const counts: Record<State, number> = { ...none };
  const sections = new Map<string, Record<State, number>>();
  const seen = new Set<string>();
  for (const { cells, line } of tableRows(markdown)) {
    if (cells.length !== 4) continue;
    const [id = '', text = '', state = '', evidence = ''] = cells;
    const add = (message: string): void => {
      findings.push({ file: CASES_PAGE, line, message: `${id}: ${message}` });
    };
    if (seen.has(id)) add('listed twice');
    seen.add(id);
    if (text === '') add('says nothing');
    if (!isState(state)) {
      add(`unknown state "${state}"`);
      continue;
    }
    counts[state]++;
    const letter = id.replace(/\d+$/, '');
    const section = sections.get(letter) ?? { ...none };
    sections.set(letter, section);
    section[state]++;
    const tests = testReferences(evidence).length;
    const reason = evidence.replace(/`[^`]*`/g, '').replace(/[\s;,]/g, '');
    if ((state === 'covered' || state === 'partly') && tests === 0) add('names no test');
    if (state === 'partly' && reason === '') add('does not say what is missing');
    if ((state === 'not yet' || state === 'cannot apply') && reason === '') add('gives no reason');
  }
  return { findings, counts, sections };
}

function isState(text: string): text is State {
  return (STATES as readonly string[]).includes(text);
}
