/** Where things stand, each in several forms, in the memory of a process and in files. */
import { readFileSync } from 'node:fs';
import { readBelow } from '../lib/files.ts';
import { locateInMemory, type Pattern } from '../lib/memory.ts';
import type { Hit } from './order.ts';

/** Of each thing its forms, of all things the same. */
type Things = readonly (readonly Uint8Array[])[];

/** For each form, where it stands; things are numbered as they are given. */
export function processIn(pid: number, things: Things): Hit[][] {
  const starts = readFileSync(`/proc/${pid}/maps`, 'latin1')
    .trimEnd()
    .split('\n')
    .map((line) => Number.parseInt(line, 16));
  const found = locateInMemory(pid, named(things));
  return byForm(things, (name) =>
    (found.get(name) ?? []).map((at) => ({
      at,
      part: String(starts.findLast((one) => one <= at)),
    })),
  );
}

export function filesIn(folder: string, things: Things): Hit[][] {
  const patterns = new Map(named(things).map(({ name, bytes }) => [name, bytes]));
  const files = readBelow(folder);
  return byForm(things, (name) =>
    files.flatMap(({ path, bytes }) =>
      placesIn(bytes, patterns.get(name) ?? bytes).map((at) => ({ at, part: path })),
    ),
  );
}

function named(things: Things): Pattern[] {
  return things.flatMap((forms, thing) =>
    forms.map((bytes, form) => ({ name: `${thing} ${form}`, bytes })),
  );
}

function byForm(things: Things, places: (name: string) => readonly Omit<Hit, 'thing'>[]): Hit[][] {
  return (things[0] ?? []).map((_, form) =>
    things.flatMap((_thing, thing) => places(`${thing} ${form}`).map((hit) => ({ ...hit, thing }))),
  );
}

function placesIn(bytes: Buffer, pattern: Uint8Array): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(pattern); at >= 0; at = bytes.indexOf(pattern, at + 1))
    places.push(at);
  return places;
}
