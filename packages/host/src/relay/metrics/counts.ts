/** From exact counters to the two totals the export is made of. */

type Counters = Readonly<Record<string, number>>;

/** Packets that came in: from relays (`received`) and, at an edge, from clients (`up`). */
const TAKEN = ['received', 'up'] as const;
const SHED = ['shed', 'pool-full', 'frames-overflow'] as const;

export function totalsOf(counters: Counters): { readonly packets: number; readonly shed: number } {
  return { packets: sum(counters, TAKEN), shed: sum(counters, SHED) };
}

function sum(counters: Counters, names: readonly string[]): number {
  return names.reduce((total, name) => total + (counters[name] ?? 0), 0);
}
