/** `level`, `level show`, `level preview`, `level set`. */
import type { LevelFactsView, LevelName } from '@tacet/api';
import { AppError } from '@tacet/base';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { showSpan } from '../duration.ts';
import { table } from '../format.ts';
import { between } from './measured.ts';

const NAMES: readonly LevelName[] = ['strong', 'balanced', 'fast'];
const GIVEN = '<strong|balanced|fast>';
const CONFIRM = {
  confirm: { type: 'boolean', help: 'yes to what Fast gives up: see tacet level preview fast' },
} as const;

function nameOf(context: Context): LevelName {
  const given = context.arg(0, 'the level');
  const found = NAMES.find((name) => name === given);
  if (found === undefined) {
    throw new AppError('usage', 'usage', `a level is ${NAMES.join(', ')}`);
  }
  return found;
}

async function show(context: Context): Promise<undefined> {
  const found = await (await context.api()).call('level.compare', {});
  context.show(found, () => {
    const { level, next, levels } = found;
    const now = [`level     ${level}`, ...(next === null ? [] : [`          ${begins(next)}`])];
    if (levels === null) return [...now, 'what levels cost is known with a network'].join('\n');
    const rows = levels.map((facts) => [
      facts.level,
      deliveryWords(facts),
      between(facts.up),
      between(facts.down),
      facts.shows[0]?.text ?? 'nothing but that it runs',
    ]);
    return [...now, table(['LEVEL', 'DELIVERY', 'UP A DAY', 'DOWN A DAY', 'SHOWS'], rows)].join(
      '\n',
    );
  });
}

async function set(context: Context): Promise<undefined> {
  const level = nameOf(context);
  const api = await context.api();
  const status = await api.call('level.set', { level, confirm: context.flag('confirm') });
  context.show({ level: status.level, next: status.nextLevel }, () =>
    status.nextLevel === null ? status.level : `${status.level}; ${begins(status.nextLevel)}`,
  );
}

function begins({ level, at }: { readonly level: LevelName; readonly at: number }): string {
  const wait = showSpan(Math.max(0, at - Date.now()));
  return `${level} begins in ${wait}, at a random moment, so that your choice does not show`;
}

function deliveryWords({ delivery }: LevelFactsView): string {
  const { typical, p95, from } = delivery;
  if (from === 'parameters') return `about ${showSpan(typical)}, worked out`;
  return `${showSpan(typical)}, 95 % within ${showSpan(p95 ?? typical)}, measured to the receipt`;
}

export const level: Command = {
  path: 'level',
  summary: 'show the privacy level and what each costs, or set it',
  args: '[strong|balanced|fast]',
  arity: [0, 1],
  options: CONFIRM,
  examples: ['tacet level', 'tacet level strong', 'tacet level fast --confirm'],
  run: (context) => (context.args.length === 0 ? show(context) : set(context)),
};

export const levelShow: Command = {
  path: 'level show',
  summary: 'the privacy level, and what each one costs',
  arity: [0, 0],
  examples: ['tacet level show', 'tacet level show --json'],
  run: show,
};

export const levelSet: Command = {
  path: 'level set',
  summary: 'set the privacy level',
  args: GIVEN,
  arity: [1, 1],
  options: CONFIRM,
  examples: ['tacet level set strong', 'tacet level set fast --confirm'],
  details:
    'A level that shows less holds at once; the line keeps its period for a random while. Fast begins at a ' +
    'random moment.',
  run: set,
};

export const levelPreview: Command = {
  path: 'level preview',
  summary: 'what a level costs and gives up',
  args: GIVEN,
  arity: [1, 1],
  examples: ['tacet level preview fast'],
  async run(context) {
    const found = await (await context.api()).call('level.preview', { level: nameOf(context) });
    context.show(found, () => {
      const { facts, now, confirm } = found;
      const shows = facts.shows.map(({ text }) => text);
      return [
        `delivery  ${deliveryWords(facts)} (${now.level}: ${deliveryWords(now)})`,
        `up a day  ${between(facts.up)} (${now.level}: ${between(now.up)})`,
        `down      ${between(facts.down)} (${now.level}: ${between(now.down)})`,
        ...(shows.length === 0 ? ['shows     nothing but that it runs'] : shows.map(shown)),
        ...(confirm
          ? [context.tell(`to choose it: tacet level set ${facts.level} --confirm`)]
          : []),
      ].join('\n');
    });
    return undefined;
  },
};

function shown(text: string, n: number): string {
  return `${n === 0 ? 'shows' : ''}`.padEnd(10) + text;
}
