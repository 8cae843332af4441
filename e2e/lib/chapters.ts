/** What a long run is made of: chapters played on one stage, each with what should happen in it. */
import { since } from './judged.ts';

export interface Outcome {
  /** What happened, in a few words. */
  readonly seen: string;
  /** What should not have; none when all went as expected. */
  readonly faults: readonly string[];
}

export interface Chapter<Stage> {
  readonly name: string;
  /** What the specification says will happen. */
  readonly expected: string;
  readonly play: (stage: Stage) => Promise<Outcome>;
}

export interface Played extends Outcome {
  readonly name: string;
  readonly expected: string;
  readonly seconds: number;
}

/** Says what begins and how it went. */
export async function playChapter<Stage extends { readonly say: (line: string) => void }>(
  { name, expected, play }: Chapter<Stage>,
  stage: Stage,
): Promise<Played> {
  stage.say(`${name}: ${expected}`);
  const began = performance.now();
  const { seen, faults } = await play(stage);
  const seconds = since(began);
  stage.say(`${name}: ${seen}; ${faults.length} faults, ${seconds} s`);
  for (const fault of faults.slice(0, 5)) stage.say(`  ${fault}`);
  return { name, expected, seen, faults, seconds };
}
