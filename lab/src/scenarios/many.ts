/** Runs every scenario with many seeds: rare orders of events are where the bugs are. */
import { LabStage } from './lab-stage.ts';
import { SCENARIOS } from './list.ts';

export interface ManyResult {
  readonly runs: number;
  readonly failures: readonly { readonly seed: string; readonly error: string }[];
}

export async function manyScenarios(
  rounds: number,
  seed: number,
  onProgress: (line: string) => void,
): Promise<ManyResult> {
  const failures: { seed: string; error: string }[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const scenario of SCENARIOS) {
      const name = `${seed + round}/${scenario.name}`;
      try {
        await scenario.run(new LabStage(name));
      } catch (error) {
        failures.push({ seed: name, error: String(error) });
        onProgress(`${name}: ${String(error)}`);
      }
    }
    if (round % 10 === 9) onProgress(`${round + 1} rounds, ${failures.length} failures`);
  }
  return { runs: rounds * SCENARIOS.length, failures };
}
