/** The two backups between which a process dies: of a profile that grows over a step and loses what it had. */
import { bodyOf, cells, pages, write } from './support.ts';

export const FIRST = pages(36 * 61);
export const SECOND = pages(36 * 63, 2);
SECOND.set(FIRST.subarray(0, 36 * 4_096 * 59));

export function BEFORE(dir: string): Promise<unknown> {
  return write(dir, FIRST);
}

export function AFTER(dir: string): Promise<unknown> {
  return write(dir, SECOND, { lastNumber: 1, cells: bodyOf(cells(1)) });
}
