/** When authorities vote and sign (docs/spec/06-directory.md, 11.5). */
import { type Millis, SECOND } from '@tacet/base';
import { epochAt, epochStart, type Parameters, scheduleOf } from '@tacet/directory';
import type { Slot } from './exchange.ts';

type Epochs = Pick<Parameters, 'epochMs'>;

/** The exchange for `epoch` on schedule. */
export function scheduledSlot(parameters: Epochs, epoch: number): Slot {
  const { votes, signatures, publication } = scheduleOf(parameters, epoch);
  return { epoch, attempt: 0, due: votes, end: signatures, publishedAt: publication };
}

/** Length of one attempt at an immediate document. */
function attemptMs({ epochMs }: Epochs): Millis {
  const wanted = Math.min(Math.max(Math.floor(epochMs / 60), 5 * SECOND), 15 * SECOND);
  return Math.min(wanted, Math.floor(epochMs / 2));
}

/**
 * The attempt that `now` falls into; null at the end of an epoch, where none fits.
 * @param held there is some document, so that one for the next epoch comes on schedule.
 */
export function attemptSlot(parameters: Epochs, now: Millis, held: boolean): Slot | null {
  const epoch = epochAt(parameters, now);
  const start = epochStart(parameters, epoch);
  const span = attemptMs(parameters);
  const number = Math.floor((now - start) / span);
  const due = start + number * span;
  const last = held ? scheduleOf(parameters, epoch + 1).votes : epochStart(parameters, epoch + 1);
  if (due + span > last) return null;
  const end = due + Math.floor(span / 2);
  // Of the epoch, not of the attempt: what one attempt gives, the next can give again to the byte.
  return { epoch, attempt: number + 1, due, end, publishedAt: start };
}

/** The next moment after `now` at which an attempt may begin. */
export function nextAttempt(parameters: Epochs, now: Millis): Millis {
  const epoch = epochAt(parameters, now);
  const start = epochStart(parameters, epoch);
  const span = attemptMs(parameters);
  const next = start + (Math.floor((now - start) / span) + 1) * span;
  return Math.min(next, epochStart(parameters, epoch + 1));
}
