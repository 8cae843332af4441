/** How long what was written is waited for before it is written again (docs/spec/07-streams.md, 5). */
import { DAY, HOUR, MINUTE, type Millis } from '@tacet/base';
import type { Parameters } from '@tacet/directory';
import type { PutEntry } from '../boxes/put-entry.ts';

/** A hole in receipts must last this long before its ciphertext is posted again. */
export const HOLE: Millis = MINUTE;
/** A hole is repaired after this long even when no further receipt comes. */
export const SILENT_HOLE: Millis = 5 * MINUTE;
/** Pause before a moved part is tried again: 30 s, doubled each time, at most an hour. */
const MOVE_PAUSE: Millis = 30_000;

/**
 * How long boxes live as their edges said when they took them, and never longer than the network's
 * rule. Edges that always name tomorrow must not make us write for ever: each time counts longer,
 * up to a day.
 */
export function lifeOf(
  boxes: { readonly storedAt: Millis; readonly named: number | null; readonly posts: number },
  { boxLifeDays }: Parameters,
): Millis {
  const { storedAt, named, posts } = boxes;
  const most = boxLifeDays * DAY;
  if (named === null) return most;
  const least = Math.min(DAY, 2 * HOUR * 2 ** (posts - 1));
  return Math.min(most, Math.max(least, named * DAY - storedAt));
}

export function movePause(put: PutEntry): Millis {
  return Math.min(HOUR, put.moves === 0 ? 0 : MOVE_PAUSE * 2 ** (put.moves - 1));
}

/** What has one box only is tried there again: after a minute, doubled each time, at most an hour. */
export function sameBoxPause(put: PutEntry): Millis {
  return Math.min(HOUR, MINUTE * 2 ** put.moves);
}

/**
 * Longer each time it was posted: a peer that can never read it must not make us write for ever.
 * @param posts from 1 on
 */
export function patience(first: Millis, posts: number): Millis {
  return Math.min(DAY, first * 2 ** (posts - 1));
}
