/** The storm at length: node packages/relay/test/fuzz.ts [steps] [first seed]. Prints one object. */
import { storm } from './support/storm.ts';

const steps = Number(process.argv[2] ?? 1_000_000);
const firstSeed = Number(process.argv[3] ?? 1);
const PER_SEED = 20_000;
const totals: Record<string, number> = {};
const runs = Math.max(1, Math.round(steps / PER_SEED));
for (let i = 0; i < runs; i++) {
  const { counters } = storm(firstSeed + i, PER_SEED);
  for (const [name, n] of Object.entries(counters)) totals[name] = (totals[name] ?? 0) + n;
}
const sorted = Object.fromEntries(Object.entries(totals).sort(([a], [b]) => (a < b ? -1 : 1)));
console.log(JSON.stringify({ steps: runs * PER_SEED, firstSeed, counters: sorted }, null, 1));
