/**
 * Notes to ourselves in code: a TODO says in brackets why it is not done yet, `TODO(reason): what`;
 * other marker words are not used; `NOCOMMIT` never lands. At most BUDGET of them in the tree.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CheckResult, type Finding, report } from './lib/report.ts';
import { scan } from './lib/scan.ts';
import { isCode, listFiles, REPOSITORY } from './lib/tree.ts';

export const BUDGET = 30;

export function checkTodos(root: string): CheckResult {
  const findings: Finding[] = [];
  let todos = 0;
  for (const file of listFiles(root).filter(isCode)) {
    if (file === 'tools/check-todos.ts') continue;
    for (const { text, line } of scan(readFileSync(join(root, file), 'utf8')).comments) {
      text.split('\n').forEach((part, i) => {
        const add = (message: string): void => {
          findings.push({ file, line: line + i, message });
        };
        if (/\bNOCOMMIT\b/.test(part)) add('NOCOMMIT must not land');
        if (/\b(FIXME|XXX|HACK)\b/.test(part)) add('write TODO(reason): what');
        if (!/\bTODO\b/.test(part)) return;
        todos++;
        if (!/\bTODO\([^)]{5,}\): \S/.test(part)) add('a TODO needs a reason: TODO(reason): what');
      });
    }
  }
  if (todos > BUDGET) findings.push({ file: '', message: `${todos} TODOs; at most ${BUDGET}` });
  return { findings, summary: `${todos} TODOs of at most ${BUDGET}` };
}

if (import.meta.main) report('check-todos', checkTodos(REPOSITORY));
