/** What `status` tells of the rhythm to whoever looks for a fault in it. */
import type { DaemonStatus } from '@tacet/api';
import type { Runtime } from './runtime.ts';

const NO_LATENESS = { slots: 0, missed: 0, p50: 0, p99: 0, p999: 0, max: 0 };

/** @param runtime none while there is no rhythm; @param counters of the person's machine, while it is open */
export function debugOf<Job, Outcome>(
  runtime: Runtime<Job, Outcome> | undefined,
  counters: Readonly<Record<string, number>> | undefined,
): DaemonStatus['debug'] {
  return {
    lateness: runtime?.lateness.view() ?? NO_LATENESS,
    sessionQueue: runtime?.sessionQueue ?? 0,
    longestStep: Math.round(runtime?.turns.longestStep ?? 0),
    clockSteps: runtime?.clockSteps ?? 0,
    counters: { ...runtime?.counters.snapshot(), ...counters },
  };
}
