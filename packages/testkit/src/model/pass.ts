/** Lets time pass, everything that is due happening in its order. */
import { MINUTE } from '@tacet/base';
import type { Layer } from './layer.ts';
import type { ModelPerson } from './person.ts';

/** A deadline of somebody lies longer in the past than this, clocks set right included: nothing would ever come of it. */
const LATE = 3 * MINUTE;

export async function pass(
  layer: Layer,
  people: readonly ModelPerson[],
  ms: number,
): Promise<void> {
  const end = layer.now + ms;
  for (;;) {
    for (const person of people) await person.settle();
    const at = Math.min(layer.nextAt, ...people.map((one) => one.deadline));
    if (at > end) break;
    if (at < layer.now - LATE) throw new RangeError('deadline-kept: a deadline is long past');
    layer.advance(Math.max(at, layer.now));
    for (const person of people) if (person.deadline <= layer.now) person.advance();
  }
  layer.advance(end);
}
