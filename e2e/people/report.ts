/** The tables and the object a run ends with. */
import { commitName, machineName } from '@tacet/lab/about';
import { agrees, type PeopleResult, type PersonResult } from './run.ts';

const LISTS = ['lost', 'twice', 'foreign', 'disordered', 'untrue', 'backwards', 'gaps'] as const;

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

export function asTable(result: PeopleResult): string {
  const { chapters, people, crashed } = result;
  const details = people.flatMap((one) =>
    LISTS.flatMap((list) => one[list].slice(0, 5).map((line) => `  ${list}: ${line}`)),
  );
  return [
    row(['chapter', 'what should happen', 'what was seen', 'acts', 's']),
    row(['---', '---', '---', '---', '---']),
    ...chapters.map((one) =>
      row([
        ...[one.name, one.expected, [one.seen, ...one.faults].join('; FAULT: ')],
        ...[one.acts, one.seconds.toFixed(0)],
      ]),
    ),
    '',
    row([
      'person',
      'lives',
      'events',
      'written',
      'delivered',
      'received',
      ...LISTS,
      'dead',
      'agrees',
    ]),
    row(Array.from({ length: 15 }, () => '---')),
    ...people.map((one) =>
      row([
        ...[one.person, one.lives, one.events, one.written, one.delivered, one.received],
        ...LISTS.map((list) => one[list].length),
        ...[one.deadLetters, agrees(one) ? 'yes' : 'NO'],
      ]),
    ),
    '',
    row(['claim', 'planted into a store', 'found']),
    row(['---', '---', '---']),
    ...result.controls.map(({ claim, planted, found }) =>
      row([claim, planted, found ? 'yes' : 'NO']),
    ),
    '',
    ...details,
    `crashed    ${crashed.length === 0 ? 'none' : crashed.join(', ')}`,
    `alarms     ${alarmsOf(people)}`,
    `settled    ${result.settled} s after the last act`,
    `load       ${result.loadPct} % of all cores, all programs of the machine ${result.machineLoadPct} %`,
    `seconds    ${result.seconds.toFixed(0)}, ${result.processes} processes, ${result.epochs} epochs`,
    `seed       ${result.seed}`,
    result.holds ? 'every store agrees' : 'THE STORES DO NOT AGREE',
  ].join('\n');
}

function alarmsOf(people: readonly PersonResult[]): string {
  const all = people.flatMap(({ person, alarms }) =>
    Object.entries(alarms).map(([code, n]) => `${code} ${n} (${person})`),
  );
  return all.length === 0 ? 'none' : all.join(', ');
}

export function asObject(result: PeopleResult): object {
  const { people, chapters, seed, holds } = result;
  const sum = (of: (one: PersonResult) => number) => people.reduce((n, one) => n + of(one), 0);
  return {
    e2e: 'people',
    holds,
    figures: {
      people: people.length,
      processes: result.processes,
      written: sum((one) => one.written),
      delivered: sum((one) => one.delivered),
      received: sum((one) => one.received),
      ...Object.fromEntries(LISTS.map((list) => [list, sum((one) => one[list].length)])),
      dead_letters: sum((one) => one.deadLetters),
      crashed: result.crashed.length,
      controls_found: result.controls.filter(({ found }) => found).length,
      faults: chapters.reduce((n, { faults }) => n + faults.length, 0),
      epochs: result.epochs,
      settled_s: result.settled,
      seconds: result.seconds,
      load_pct: result.loadPct,
      machine_load_pct: result.machineLoadPct,
      priority: result.priority ? 1 : 0,
    },
    chapters,
    people,
    controls: result.controls,
    seed,
    date: new Date().toISOString().slice(0, 10),
    machine: machineName(),
    commit: commitName(),
  };
}
