/**
 * The full lock (docs/spec/21-lock.md, 3): what a profile had open is saved, closed and forgotten, while a
 * machine of nobody goes on with its link in the same grid; and the way back.
 */
import { isAppError, type Millis } from '@tacet/base';
import type { Handover } from '@tacet/client';
import { COLLECTIONS, COLLECTIONS_APART, LOCK_ROOM, LOCK_STEP, LOG_ROOM } from './limits.ts';
import type { Machine, Person } from './machine.ts';
import type { InTurn, Log, Opened } from './ports.ts';
import type { Runtime } from './runtime.ts';

export interface HandingMachine<Job, Outcome> extends Machine<Job, Outcome> {
  /** What another machine needs to go on with the link. Between two frames. */
  handOver(now: Millis): Handover;
}

/** A machine of nobody, prepared, without a link: its store is in memory, its keys are its own. */
export interface CoverSeat<Job, Outcome> {
  /** Goes on with the link. Between two frames. */
  open(from: Handover, now: Millis): HandingMachine<Job, Outcome>;
  close(): void;
}

/** The rhythm of a profile that is fully locked. */
export interface Covered<Job, Outcome> {
  readonly runtime: Runtime<Job, Outcome>;
  readonly machine: HandingMachine<Job, Outcome>;
  close(): void;
}

export interface ToLock<Job, Outcome> {
  readonly store: Opened;
  readonly person: Pick<Person, 'levels'> & HandingMachine<Job, Outcome>;
  readonly runtime: Runtime<Job, Outcome>;
}

/**
 * From here on `person` is not driven. Where this throws it goes on.
 * @param over called when the link is handed over, before anything else happens
 */
export async function handToCover<Job, Outcome>(
  { store, person, runtime }: ToLock<Job, Outcome>,
  seat: CoverSeat<Job, Outcome>,
  log: Log,
  over: (covered: Covered<Job, Outcome>) => void,
): Promise<void> {
  // A disk that takes nothing more must not keep keys in memory.
  const tolerant = async (work: (now: Millis) => void, needs: Millis): Promise<void> => {
    await runtime.command(work, needs).catch((error: unknown) => log.warn(codeOf(error)));
  };
  await tolerant((now) => {
    person.levels.rest(now);
    store.checkpoint();
  }, LOG_ROOM);
  await runtime.swap((now) => {
    const machine = seat.open(person.handOver(now), now);
    over(coveredBy(runtime, machine, seat));
    return machine;
  }, LOCK_ROOM);
  await store
    .closeInTurns(turnsOf(runtime, LOG_ROOM))
    .catch((error: unknown) => log.warn(codeOf(error)));
}

/** Apart: a function made beside `person` keeps it as long as it is kept itself. */
function coveredBy<Job, Outcome>(
  runtime: Runtime<Job, Outcome>,
  machine: HandingMachine<Job, Outcome>,
  seat: CoverSeat<Job, Outcome>,
): Covered<Job, Outcome> {
  return { runtime, machine, close: () => seat.close() };
}

/** Between frames, where so much is left. */
export function turnsOf<Job, Outcome>(runtime: Runtime<Job, Outcome>, needs: Millis): InTurn {
  return async (work) => await runtime.command(work, needs);
}

/**
 * What was freed is overwritten, between frames. More than once: what the first round meets may still be held
 * by a call on its way out.
 */
export async function forgetFreed<Job, Outcome>(
  runtime: Runtime<Job, Outcome>,
  { collectFreed, fillFreed }: Forgetting,
): Promise<void> {
  for (let n = 0; n < COLLECTIONS; n++) {
    if (n > 0) await new Promise((resolve) => setTimeout(resolve, COLLECTIONS_APART));
    await runtime.command(collectFreed, LOCK_ROOM);
    for (const step of fillFreed()) await runtime.command(step, LOCK_STEP);
  }
}

interface Forgetting {
  readonly collectFreed: () => void;
  readonly fillFreed: () => readonly (() => void)[];
}

function codeOf(error: unknown): string {
  return isAppError(error) ? error.code : 'internal';
}
