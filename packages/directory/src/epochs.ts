/**
 * Time in epochs (docs/spec/06-directory.md, 3). Epoch e lasts from e * epochMs to
 * (e + 1) * epochMs after the Unix epoch; all spans below shrink with short epochs.
 */
import { MINUTE, type Millis } from '@tacet/base';
import type { Parameters } from './types.ts';

type Epochs = Pick<Parameters, 'epochMs'>;

export function epochAt(parameters: Epochs, now: Millis): number {
  return Math.floor(now / parameters.epochMs);
}

export function epochStart(parameters: Epochs, epoch: number): Millis {
  return epoch * parameters.epochMs;
}

/** A document counts for an epoch when it was published this long before the epoch's start. */
export function publicationLead(parameters: Epochs): Millis {
  return Math.min(5 * MINUTE, Math.floor(parameters.epochMs / 12));
}

/** The epoch a packet made now is built for: the one that contains now + 1 minute. */
export function buildingEpoch(parameters: Epochs, now: Millis): number {
  return epochAt(parameters, now + Math.min(MINUTE, Math.floor(parameters.epochMs / 60)));
}

/** How long an authority waits for missing relays when no document has been valid for a while. */
export function resumeWait(parameters: Epochs): Millis {
  return Math.min(MINUTE, Math.floor(parameters.epochMs / 60));
}

/** How long a client's own edge must have been down before the second is dialled. */
export function guardPatience(parameters: Epochs): Millis {
  return Math.min(10 * MINUTE, Math.floor(parameters.epochMs / 6));
}

/** When the parts of `epoch`'s document are due, all before the epoch itself. */
export interface Schedule {
  /** Relays have sent their descriptors (+35 min of an hour). */
  readonly descriptors: Millis;
  /** Authorities exchange votes (+40). */
  readonly votes: Millis;
  /** They sign what the tally gives (+50). */
  readonly signatures: Millis;
  /** The document is published (+55). */
  readonly publication: Millis;
}

export function scheduleOf(parameters: Epochs, epoch: number): Schedule {
  const start = epochStart(parameters, epoch);
  const lead = publicationLead(parameters);
  return {
    descriptors: start - 5 * lead,
    votes: start - 4 * lead,
    signatures: start - 2 * lead,
    publication: start - lead,
  };
}
