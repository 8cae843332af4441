/**
 * The order in which parts are written in one round (docs/spec/19-files.md, 1 and 3): those with the list
 * first, so that blocks can be checked as they come; then the file; then what pads it. Pure.
 */
import { FILE_PART_BYTES, type Geometry } from './geometry.ts';
import type { PartRange } from './words.ts';

export interface Course {
  readonly length: number;
  /** The part at a place, 0 <= place < length. */
  at(place: number): number;
  /** Where a part of the body stands that is in this round. */
  placeOf(part: number): number;
}

/** @param ranges null: the first round, all of it */
export function courseOf(geometry: Geometry, ranges: readonly PartRange[] | null): Course {
  return ranges === null ? whole(geometry) : some(ranges, geometry.parts);
}

function whole({ size, parts, boxes }: Geometry): Course {
  const list = Math.floor(size / FILE_PART_BYTES);
  const ofList = parts - list;
  return {
    length: boxes,
    at: (place) => {
      if (place < ofList) return list + place;
      return place < parts ? place - ofList : place;
    },
    placeOf: (part) => {
      if (part >= parts) return part;
      return part < list ? part + ofList : part - list;
    },
  };
}

/** What lies beyond the body is no part. */
function some(ranges: readonly PartRange[], parts: number): Course {
  const real = ranges
    .filter(([from]) => from < parts)
    .map(([from, to]) => [from, Math.min(to, parts - 1)] as const);
  return {
    length: real.reduce((sum, [from, to]) => sum + to - from + 1, 0),
    at: (place) => {
      let left = place;
      for (const [from, to] of real) {
        if (left <= to - from) return from + left;
        left -= to - from + 1;
      }
      return parts;
    },
    placeOf: (part) =>
      real
        .filter(([from]) => from <= part)
        .reduce((sum, [from, to]) => sum + Math.min(to + 1, part) - from, 0),
  };
}
