/** The table and the object a run ends with. */
import type { Tally } from './crowd.ts';
import type { NetworkResult } from './run.ts';

export function asTable(result: NetworkResult): string {
  const { all } = result;
  const list = (name: string, items: readonly string[]): string =>
    [`${name.padEnd(10)} ${items.length}`, ...items.slice(0, 10).map((one) => `  ${one}`)].join(
      '\n',
    );
  return [
    '| chapter | what the specification states | what was seen | texts | lost | late | twice | p99 s | max s | s | own load % |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...result.chapters.map((one) =>
      [
        ...['', one.name, one.expected, [one.seen, ...one.faults].join('; FAULT: ')],
        ...[one.tally.given, one.tally.lost.length, one.late, one.tally.twice.length],
        ...[one.tally.p99S, one.tally.maxS].map((s) => s.toFixed(1)),
        ...[one.seconds.toFixed(0), one.load.own, ''],
      ]
        .join(' | ')
        .trim(),
    ),
    '',
    `people     ${result.people}, ${result.processes} processes, epochs of ${result.epochMs / 1_000} s, slots of ${result.slotMs} ms`,
    `texts      ${all.given}`,
    `delivered  ${all.delivered}`,
    list('lost', all.lost),
    list('twice', all.twice),
    list('foreign', result.foreign),
    list('crashed', result.crashed),
    `load       ${result.load.own} % of ${result.cores} cores, all programs of the machine ${result.load.machine} %`,
    `seconds    ${result.seconds.toFixed(0)}`,
    `seed       ${result.seed}`,
    result.holds ? 'it holds' : 'IT DOES NOT HOLD',
  ].join('\n');
}

export function asObject(result: NetworkResult): object {
  const { all, seed } = result;
  return {
    e2e: 'network',
    holds: result.holds,
    figures: {
      people: result.people,
      processes: result.processes,
      epoch_s: result.epochMs / 1_000,
      slot_ms: result.slotMs,
      ...figuresOf(all),
      foreign: result.foreign.length,
      crashed: result.crashed.length,
      load_pct: result.load.own,
      machine_load_pct: result.load.machine,
      priority: result.priority ? 1 : 0,
      seconds: result.seconds,
    },
    chapters: result.chapters.map(({ tally, load, ...chapter }) => ({
      ...chapter,
      ...figuresOf(tally),
      load_pct: load.own,
    })),
    seed,
  };
}

function figuresOf({ given, delivered, lost, twice, p99S, maxS }: Tally): object {
  return {
    ...{ texts: given, delivered, lost: lost.length, twice: twice.length },
    ...{ p99_s: p99S, max_s: maxS },
  };
}
