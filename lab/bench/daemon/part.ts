/** Parts of the daemon bench, which may be run one by one over one filled profile. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commitName } from '../../src/about.ts';
import type { Figures } from '../list.ts';

const PARTS = ['idle', 'search', 'start', 'burst', 'growth'] as const;
export type Part = (typeof PARTS)[number];

/** All without a name. Throws RangeError. */
export function partsOf(names: string | undefined): ReadonlySet<Part> {
  const wanted = names?.split(',') ?? PARTS;
  const unknown = wanted.find((name) => !PARTS.some((part) => part === name));
  if (unknown !== undefined) throw new RangeError(`no part ${unknown}; there are ${PARTS.join()}`);
  return new Set(PARTS.filter((part) => wanted.includes(part)));
}

/** With those that other parts of the same commit left beside the profile. */
export function keptFigures(folder: string, figures: Figures): Figures {
  const file = join(folder, 'figures.json');
  const commit = commitName();
  const kept = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { commit: string; figures: Figures })
    : null;
  const all = { ...(kept?.commit === commit ? kept.figures : {}), ...figures };
  writeFileSync(file, JSON.stringify({ commit, figures: all }));
  return all;
}
