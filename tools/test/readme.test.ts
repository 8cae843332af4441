import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { listFiles, REPOSITORY } from '../lib/tree.ts';

/** The commands of a page's code blocks, without comments, each `&&` a command of its own. */
function commandsOf(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? '');
  return blocks
    .flatMap((block) => block.split('\n'))
    .flatMap((line) => line.replace(/\s+#.*$/, '').split('&&'))
    .map((command) => command.trim());
}

/** Words as a shell sees them, for the simple quoting of our pages. */
function words(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
}

const PROGRAMS: Readonly<Record<string, string>> = {
  tacet: 'apps/cli/bin/tacet.mjs',
  'tacet-relay': 'apps/relay/bin/tacet-relay.mjs',
};

const readme = commandsOf(readFileSync(join(REPOSITORY, 'README.md'), 'utf8'));

for (const command of readme.filter((line) => line.startsWith('npx '))) {
  test(`the README's command is one: ${command}`, () => {
    const [, program = '', ...args] = words(command);
    const script = PROGRAMS[program];
    assert.ok(script !== undefined, `no program ${program}`);
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(REPOSITORY, script), ...args, '--help'],
      { encoding: 'utf8' },
    );
    assert.equal(status, 0, stderr);
    for (const option of args.filter((arg) => arg.startsWith('--'))) {
      assert.ok(stdout.includes(option), `${option} is not in the help of ${program}`);
    }
  });
}

test('every npm script a page names exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  for (const page of listFiles(REPOSITORY).filter((file) => file.endsWith('.md'))) {
    const text = readFileSync(join(REPOSITORY, page), 'utf8');
    for (const match of text.matchAll(/\bnpm run (?:-s |--silent )?([a-z][\w-]*)/g)) {
      assert.ok((match[1] ?? '') in scripts, `${page}: npm run ${match[1]}`);
    }
  }
});
