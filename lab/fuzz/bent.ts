/** Well-formed CBOR with something wrong in it: one field replaced, left out, added or moved. */
import { type Rng, randomBytes, randomInt } from '@tacet/base';
import type { Cbor } from '@tacet/directory';

const ODD: readonly Cbor[] = [0, 1, 2 ** 53 - 1, true, false, '', 'x'.repeat(300), [], {}];

/** One field somewhere in `value` replaced, left out or added. */
export function bent(rng: Rng, value: Cbor): Cbor {
  const odd = (): Cbor => ODD[randomInt(rng, ODD.length)] ?? randomBytes(rng, 32);
  if (Array.isArray(value) && value.length > 0 && randomInt(rng, 4) > 0) {
    const at = randomInt(rng, value.length);
    return value.map((item: Cbor, i) => (i === at ? bent(rng, item) : item));
  }
  if (typeof value !== 'object' || value instanceof Uint8Array || Array.isArray(value)) {
    return randomInt(rng, 3) === 0 ? randomBytes(rng, randomInt(rng, 64)) : odd();
  }
  const entries = Object.entries(value);
  const at = randomInt(rng, entries.length + 1);
  const kept = entries.flatMap(([key, item], i): [string, Cbor][] =>
    i !== at ? [[key, item]] : randomInt(rng, 8) === 0 ? [] : [[key, bent(rng, item)]],
  );
  if (at === entries.length) kept.push(['more', odd()]);
  return Object.fromEntries(kept);
}
