/** The operator's page: its blocks can be read, and its commands are commands of the programs as they are. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { judge } from '../operator/main.ts';
import { readBlocks } from '../operator/page.ts';

const PROGRAMS: Readonly<Record<string, string>> = {
  tacet: fileURLToPath(new URL('../../apps/cli/bin/tacet.mjs', import.meta.url)),
  'tacet-relay': fileURLToPath(new URL('../../apps/relay/bin/tacet-relay.mjs', import.meta.url)),
};

const blocks = readBlocks();

test('the page goes through all seven steps, on the machines of three operators and a person', () => {
  assert.deepEqual([...new Set(blocks.map(({ section }) => section))], [1, 2, 3, 4, 5, 6, 7]);
  const machines = [...new Set(blocks.flatMap((block) => block.machines))].sort();
  assert.deepEqual(machines, ['alice', 'bob', 'carol', 'person']);
});

function helpOf(program: string, path: readonly string[]): string {
  const args = [program, ...path, '--help'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.equal(status, 0, `${path.join(' ')}: ${stderr}`);
  return stdout;
}

test('every option a command of the page uses is in its help', () => {
  const commands = new Set(
    blocks
      .flatMap((block) => block.commands)
      .map((command) => command.replace(/^until (.*); do .*$/, '$1'))
      .filter((command) => command.startsWith('tacet')),
  );
  assert.ok(commands.size > 10);
  const helps = new Map<string, string>();
  for (const command of commands) {
    const [program = '', ...words] = command.split(' ');
    const path = words.slice(
      0,
      words.findIndex((word) => !/^[a-z-]+$/.test(word) || word.startsWith('--')),
    );
    const asked = [program, ...path].join(' ');
    const help = helps.get(asked) ?? helpOf(PROGRAMS[program] ?? '', path);
    helps.set(asked, help);
    for (const option of words.filter((word) => word.startsWith('--'))) {
      assert.ok(
        help.includes(`${option} `) || help.includes(`${option}\n`),
        `${command}: ${option}`,
      );
    }
  }
});

test('the judge: nothing lost, nothing twice, and no more late texts than chance gives', () => {
  const unnoticed = {
    ...{ seconds: 200, texts: 400, p50_s: 2, p99_s: 5, max_s: 6 },
    ...{ later_than_p99: 6, chance: 0.3 },
  };
  const good = {
    ...{ network_up_s: 100, fresh_ready_s: 9, people: 6, people_moved: 2 },
    ...{ texts_calm: 700, calm_p50_s: 2, calm_p99_s: 5, calm_max_s: 7 },
    ...{ mix: unnoticed, edge: unnoticed, lost: 0, twice: 0 },
  };
  assert.ok(judge(good));
  const felt = { ...unnoticed, chance: 0.0009 };
  const bads = [{ lost: 1 }, { twice: 1 }, { network_up_s: 601 }, { people_moved: 0 }];
  for (const bad of [...bads, { mix: felt }, { edge: felt }]) {
    assert.ok(!judge({ ...good, ...bad }));
  }
});
