import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUDGET, checkTodos } from '../check-todos.ts';
import { formatFinding } from '../lib/report.ts';
import { withTree } from './planted.ts';

// The marker words are put together here, so that this file holds none of them.
const note = 'TO' + 'DO';
const findings = (source: string): string[] =>
  withTree({ 'a.ts': source }, (root) => checkTodos(root).findings.map(formatFinding));

test('a note with a reason passes, and so do the words in strings', () => {
  assert.deepEqual(findings(`// ${note}(waits for votes): read all\nconst a = '${note}';`), []);
});

for (const planted of [`${note}: later`, `${note}(x): later`, `${note}(waits for votes)`]) {
  test(`finds a note without reason or text: ${planted.slice(4)}`, () => {
    assert.deepEqual(findings(`x;\n/* a\n ${planted} */`), [
      `a.ts:3: a ${note} needs a reason: ${note}(reason): what`,
    ]);
  });
}

for (const word of ['FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK', 'NO' + 'COMMIT']) {
  test(`finds the marker ${word.slice(0, 2)}...`, () => {
    assert.equal(findings(`// ${word} mend this`).length, 1);
  });
}

test('finds more notes than the budget allows', () => {
  const many = `// ${note}(waits for votes): read all\n`.repeat(BUDGET + 1);
  assert.ok(findings(many).some((line) => line.includes(`at most ${BUDGET}`)));
});
