/**
 * Vectors that differ from a base in a few places are stored as edits: [place, bytes removed,
 * hex put in their stead], places counted in the base and ascending.
 */
export type Edit = readonly [number, number, string];

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export function applyEdits(base: Uint8Array, edits: readonly Edit[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const [place, removed, text] of edits) {
    parts.push(base.subarray(at, place), Buffer.from(text, 'hex'));
    at = place + removed;
  }
  return new Uint8Array(Buffer.concat([...parts, base.subarray(at)]));
}

/** Long enough that a chance match inside keys and signatures is out of the question. */
const WINDOW = 16;

/** Greedy: after a difference goes on at the next window of `target` that stands further on in `base`. */
export function editsBetween(base: Uint8Array, target: Uint8Array): Edit[] {
  const windows = new Map<string, number[]>();
  for (let i = 0; i + WINDOW <= base.length; i++) {
    const key = hexOf(base.subarray(i, i + WINDOW));
    const list = windows.get(key);
    if (list === undefined) windows.set(key, [i]);
    else list.push(i);
  }
  const edits: Edit[] = [];
  let i = 0;
  let j = 0;
  while (i < base.length || j < target.length) {
    if (i < base.length && base[i] === target[j]) {
      i += 1;
      j += 1;
      continue;
    }
    let resume = base.length;
    let end = target.length;
    for (let k = j; k + WINDOW <= target.length; k++) {
      const at = windows.get(hexOf(target.subarray(k, k + WINDOW)))?.find((place) => place >= i);
      if (at === undefined) continue;
      resume = at;
      end = k;
      break;
    }
    edits.push([i, resume - i, hexOf(target.subarray(j, end))]);
    i = resume;
    j = end;
  }
  return edits;
}
