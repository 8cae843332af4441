/** Where a process may die: before a statement, after a save, around ratchet work, before an effect. */
export const CRASH_POINTS = ['statement', 'save', 'await', 'effect'] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

/** The process dies here. */
export class Crash extends Error {
  readonly point: CrashPoint;
  /** To whoever looks at it, a disk that failed: the dead try nothing else. */
  readonly code = 'SQLITE_IOERR';

  constructor(point: CrashPoint) {
    super(point);
    this.point = point;
  }
}
