/** The network of three operators with its first person, and a machine that knows nothing. */
import { meetFromNothing } from './fresh.ts';
import { ThreeOperators } from './network.ts';

const PEOPLE = { person: '192.0.2.77', fresh: '192.0.2.88' } as const;

/** @returns seconds from the first command on the new machine to *secure session ready* */
export function runFresh(say: (line: string) => void): Promise<number> {
  return ThreeOperators.with(PEOPLE, say, async (operators) => {
    say(`network up after ${Math.round(await operators.follow(1, 2, 3))} s`);
    const person = await operators.person('person');
    await operators.follow(4);
    return meetFromNothing(person, operators.stranger('fresh'));
  });
}
