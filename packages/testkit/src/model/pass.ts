/** Lets time pass, everything that is due happening in its order. */
import { MINUTE } from '@tacet/base';
import type { Layer } from './layer.ts';
import type { ModelPerson } from './person.ts';

/** A deadline of somebody lies longer in the past than this: nothing would ever come of it. */
const LATE = MINUTE;
/** Turns without time passing: somebody's deadline is due again as soon as it was kept. */
const TURNS = 10_000;

export async function pass(
  layer: Layer,
  people: readonly ModelPerson[],
  ms: number,
): Promise<void> {
  const end = layer.now + ms;
  let turns = 0;
  for (;;) {
    for (const person of people) await person.settle();
    const at = Math.min(layer.nextAt, ...people.map((one) => one.deadline));
    if (at > end) break;
    turns = at > layer.now ? 0 : turns + 1;
    if (at < layer.now - LATE) throw new RangeError('deadline-kept: a deadline is long past');
    if (turns > TURNS) throw new RangeError('deadline-kept: a deadline that never ends');
    layer.advance(Math.max(at, layer.now));
    for (const person of people) if (person.deadline <= layer.now) person.advance();
  }
  layer.advance(end);
}
