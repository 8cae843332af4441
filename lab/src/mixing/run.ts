/** `npm run -s lab -- mixing`: the mixing of docs/spec/04-mixing.md against its closed forms. */
import type { Check } from './check.ts';
import { dropping } from './dropping.ts';
import { isolation } from './isolation.ts';
import { pools, threeLayers } from './pools.ts';
import { confirmation } from './repeats.ts';

export interface MixingOptions {
  readonly seed: number;
  readonly onProgress: (line: string) => void;
}

export interface MixingResult {
  readonly seed: number;
  readonly checks: readonly Check[];
  readonly failed: number;
}

export async function mixing({ seed, onProgress }: MixingOptions): Promise<MixingResult> {
  const parts: readonly (readonly [string, () => Promise<Check[]>])[] = [
    ['pools', () => pools({ seed, seconds: 1_800 })],
    ['three layers', () => threeLayers({ seed, seconds: 600 })],
    ['isolation', () => isolation({ seed, targets: 10 })],
    ['confirmation', () => confirmation({ seed, trials: 16 })],
    ['dropping', () => dropping({ seed, people: 6, hours: 3 })],
  ];
  const checks: Check[] = [];
  for (const [name, part] of parts) {
    const began = performance.now();
    for (const check of await part()) {
      checks.push(check);
      onProgress(
        `${check.ok ? 'ok  ' : 'FAIL'} ${check.name}: ${check.measured} (${check.expected})`,
      );
    }
    onProgress(`${name}: ${Math.round((performance.now() - began) / 100) / 10} s`);
  }
  return { seed, checks, failed: checks.filter(({ ok }) => !ok).length };
}
