/**
 * The tests of hostile input at length. Prints one object: how often each thing was counted.
 *   node packages/relay/test/fuzz.ts [steps] [first seed]            the storm
 *   node packages/relay/test/fuzz.ts hostile [seeds] [first seed]    requests and digests; status 1
 *                                            when a named reason came up less than 1,000 times
 */
import { HOSTILE_REASONS, hostile } from './support/hostile.ts';
import { storm } from './support/storm.ts';

const PER_SEED = { storm: 20_000, hostile: 800 };
const LEAST = 1_000;

const args = process.argv.slice(2);
const what = args[0] === 'hostile' ? 'hostile' : 'storm';
const [amount, first] = (what === 'hostile' ? args.slice(1) : args).map(Number);
const runs =
  what === 'hostile'
    ? (amount ?? 100)
    : Math.max(1, Math.round((amount ?? 1_000_000) / PER_SEED.storm));
const firstSeed = first ?? 1;
const totals: Record<string, number> = {};
for (let i = 0; i < runs; i++) {
  const counters =
    what === 'hostile'
      ? hostile(firstSeed + i, PER_SEED.hostile)
      : storm(firstSeed + i, PER_SEED.storm).counters;
  for (const [name, n] of Object.entries(counters)) totals[name] = (totals[name] ?? 0) + n;
}
const sorted = Object.fromEntries(Object.entries(totals).sort(([a], [b]) => (a < b ? -1 : 1)));
const steps = runs * PER_SEED[what];
console.log(JSON.stringify({ what, steps, firstSeed, counters: sorted }, null, 1));
const seldom = HOSTILE_REASONS.filter((reason) => (totals[reason] ?? 0) < LEAST);
if (what === 'hostile' && seldom.length > 0) {
  console.error(`less than ${LEAST} times: ${seldom.join(', ')}`);
  process.exitCode = 1;
}
