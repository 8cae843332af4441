/** `npm run docs`: writes indexes, docs/limits.md and NOTICE, folds docs/errors.d into docs/errors.md. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { limitFiles } from '../check-docs.ts';
import { listFiles, REPOSITORY } from '../lib/tree.ts';
import { ERROR_FRAGMENTS, ERRORS_PAGE, readErrorRows } from './errors.ts';
import { INDEXED, renderIndex } from './indexes.ts';
import { LIMITS_PAGE, renderLimits } from './limits.ts';
import { NOTICE_PAGE, renderNotice } from './notice.ts';

const read = (file: string): string => readFileSync(join(REPOSITORY, file), 'utf8');

const files = listFiles(REPOSITORY);

for (const folder of INDEXED) {
  writeFileSync(join(REPOSITORY, folder, 'README.md'), renderIndex(folder, files, read));
}
const limits = await renderLimits(REPOSITORY, limitFiles(files), read);
writeFileSync(join(REPOSITORY, LIMITS_PAGE), limits);
writeFileSync(join(REPOSITORY, NOTICE_PAGE), renderNotice(read('package-lock.json')));

const page = read(ERRORS_PAGE);
const head = page.slice(0, page.indexOf('| code |'));
const rows = new Map(readErrorRows(REPOSITORY).map((row) => [row.code, row]));
const table = [...rows.values()]
  .sort((a, b) => (a.code < b.code ? -1 : 1))
  .map(({ code, kind, meaning }) => `| \`${code}\` | ${kind} | ${meaning} |`);
const lines = ['| code | kind | meaning, and what to do |', '| --- | --- | --- |', ...table];
writeFileSync(join(REPOSITORY, ERRORS_PAGE), `${head}${lines.join('\n')}\n`);
for (const folder of [ERROR_FRAGMENTS, 'docs/limits.d']) {
  rmSync(join(REPOSITORY, folder), { recursive: true, force: true });
}
console.log(
  `indexes, ${LIMITS_PAGE}, ${NOTICE_PAGE} and ${ERRORS_PAGE} (${rows.size} codes) written`,
);
