/**
 * Whether where things lie tells in which order they came, against chance: the same places with the
 * order dealt anew, many times. Two signs are looked at, each where it is strongest: things that came
 * one after the other lie beside each other; things that came late lie high up, or low down.
 */

export interface Hit {
  /** Index of the thing. */
  readonly thing: number;
  /** A mapping of a process, a file. */
  readonly part: string;
  readonly at: number;
}

export interface Order {
  /** Things found. */
  readonly found: number;
  /** How often chance alone gives so strong a sign. */
  readonly p: number;
}

/** What chance alone gives less often than this is an order. */
export const CHANCE = 2e-4;
/** Things that are further apart do not lie beside each other. */
const GAP = 65_536;
/** Fewer things beside each other are left alone: chance puts those in order too often. */
const ROW = 8;
/** For a trend. */
const LONG_ROW = 20;
/** Came one after the other: at most so many places apart. */
const NEAR = 2;
/** What is seen less often than once in these counts as that. */
const DEALS = 20_000;
/** Reached so often by chance, a sign is none. */
const OFTEN = 50;

/** @param groups of each thing, in the order in which they came; only order within a group counts */
export function orderIn(groups: readonly number[], forms: readonly (readonly Hit[])[]): Order {
  const members = [...Map.groupBy(groups.keys(), (thing) => groups[thing] ?? 0).values()];
  const times = timesIn(groups);
  const rows = forms.flatMap((hits) => rowsOf(hits));
  const signs = [nearness(groups, rows), trend(groups, rows)];
  const seen = signs.map((sign) => sign(times));
  const reached = signs.map(() => 1);
  let deals = 1;
  for (; deals < DEALS && Math.min(...reached) < OFTEN; deals++) {
    const dealt = dealAnew(members, times);
    signs.forEach((sign, i) => {
      if (sign(dealt) >= (seen[i] ?? 0)) reached[i] = (reached[i] ?? 0) + 1;
    });
  }
  const found = new Set(forms.flat().map(({ thing }) => thing)).size;
  return { found, p: Math.min(1, (signs.length * Math.min(...reached)) / deals) };
}

type Sign = (times: Int32Array) => number;

/** The row with most neighbours in time beyond what it has on average, in standard deviations. */
function nearness(groups: readonly number[], rows: readonly (readonly number[])[]): Sign {
  const sizes = Map.groupBy(groups, (group) => group);
  const told = rows.flatMap((row) => {
    const beside = row.slice(1).map((b, i) => [row[i] ?? b, b] as const);
    const pairs = beside.filter(([a, b]) => groups[a] === groups[b]);
    const chances = pairs.map(([a]) => {
      const n = sizes.get(groups[a] ?? 0)?.length ?? 1;
      return Math.min(1, (NEAR * (2 * n - NEAR - 1)) / (n * (n - 1)));
    });
    const mean = chances.reduce((sum, chance) => sum + chance, 0);
    const spread = Math.sqrt(chances.reduce((sum, chance) => sum + chance * (1 - chance), 0));
    return spread > 0 ? [{ pairs: Int32Array.from(pairs.flat()), mean, spread }] : [];
  });
  return (times) => {
    let most = 0;
    for (const { pairs, mean, spread } of told) {
      let near = 0;
      for (let i = 0; i < pairs.length; i += 2) {
        const a = pairs[i] as number;
        const b = pairs[i + 1] as number;
        if (Math.abs((times[a] as number) - (times[b] as number)) <= NEAR) near += 1;
      }
      most = Math.max(most, (near - mean) / spread);
    }
    return most;
  };
}

/** The row whose places go with time best, up or down, in standard deviations. */
function trend(groups: readonly number[], rows: readonly (readonly number[])[]): Sign {
  const long = rows
    .flatMap((row) => [...Map.groupBy(row, (thing) => groups[thing] ?? 0).values()])
    .filter((row) => row.length >= LONG_ROW);
  return (times) => {
    let most = 0;
    for (const row of long)
      most = Math.max(most, Math.abs(correlation(row, times)) * Math.sqrt(row.length - 1));
    return most;
  };
}

function correlation(row: readonly number[], times: Int32Array): number {
  const middle = (row.length - 1) / 2;
  let sum = 0;
  let squares = 0;
  let product = 0;
  for (let i = 0; i < row.length; i++) {
    const time = times[row[i] ?? 0] ?? 0;
    sum += time;
    squares += time * time;
    product += time * (i - middle);
  }
  const n = row.length;
  const spread = (squares - (sum * sum) / n) * ((n * (n * n - 1)) / 12);
  return spread > 0 ? product / Math.sqrt(spread) : 0;
}

/**
 * Things one behind the other, in each way in which one could read them: as they lie, where a thing
 * that comes again begins another row; and, as a log that names old things with new ones would be
 * read, by where each thing stands first, or last, in a stretch or a whole part.
 */
function rowsOf(hits: readonly Hit[]): number[][] {
  const parts = [...Map.groupBy(hits, ({ part }) => part).values()].map((part) =>
    part.toSorted((a, b) => a.at - b.at),
  );
  const stretches = parts.flatMap((part) => cut(part, (hit, last) => hit.at - last.at > GAP));
  const plain = stretches.flatMap((stretch) => {
    let seen = new Set<number>();
    return cut(stretch, ({ thing }, last) => {
      seen.add(last.thing);
      if (!seen.has(thing)) return false;
      seen = new Set();
      return true;
    });
  });
  const things = (row: readonly Hit[]): number[] => row.map(({ thing }) => thing);
  const rows = [
    ...plain.map(things),
    ...[...stretches, ...parts].flatMap((row) => [
      [...new Set(things(row))],
      [...new Set(things(row.toReversed()))],
    ]),
  ];
  const unlike = new Map(rows.map((row) => [row.join(), row]));
  return [...unlike.values()].filter(({ length }) => length >= ROW);
}

/** Cuts before each hit for which `isNew` says so. */
function cut(hits: readonly Hit[], isNew: (hit: Hit, last: Hit) => boolean): Hit[][] {
  const rows: Hit[][] = [];
  let last: Hit | undefined;
  for (const hit of hits) {
    if (last === undefined || isNew(hit, last)) rows.push([]);
    rows.at(-1)?.push(hit);
    last = hit;
  }
  return rows;
}

/** Of each thing: which of its group it is. */
function timesIn(groups: readonly number[]): Int32Array {
  const counts = new Map<number, number>();
  return Int32Array.from(groups, (group) => {
    const time = counts.get(group) ?? 0;
    counts.set(group, time + 1);
    return time;
  });
}

function dealAnew(groups: readonly (readonly number[])[], times: Int32Array): Int32Array {
  const dealt = times.slice();
  for (const members of groups) {
    for (let i = members.length - 1; i > 0; i--) {
      const a = members[i] as number;
      const b = members[Math.floor(Math.random() * (i + 1))] as number;
      const kept = dealt[a] as number;
      dealt[a] = dealt[b] as number;
      dealt[b] = kept;
    }
  }
  return dealt;
}
