/**
 * How late frames down left an edge, as the edge itself knows it: a file with two numbers a line, the
 * wall clock when a frame was with the system, and by how much that was after its moment, ms.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import type { Millis } from '@tacet/base';

/** Written down so often, so that the file is whole up to then. */
export const LATE_WRITTEN: Millis = 500;

export interface Late {
  readonly at: Millis;
  readonly ms: Millis;
}

export function wallNow(): Millis {
  return performance.timeOrigin + performance.now();
}

/** A hook for `runMeasured`. */
export function writeLate(path: string): (ms: Millis) => void {
  let lines = '';
  setInterval(() => {
    appendFileSync(path, lines, { mode: 0o600 });
    lines = '';
  }, LATE_WRITTEN);
  return (ms) => {
    lines += `${wallNow()} ${ms}\n`;
  };
}

export function readLate(path: string): Late[] {
  const lines = readFileSync(path, 'latin1').trimEnd().split('\n');
  return lines.map((line) => {
    const [at = Number.NaN, ms = Number.NaN] = line.split(' ').map(Number);
    return { at, ms };
  });
}
