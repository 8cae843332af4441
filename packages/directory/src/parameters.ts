/**
 * The numbers a network chooses, their ranges, and two sets to start from
 * (docs/spec/06-directory.md, 4). Rates change here, never by a switch in code.
 */
import { DAY, HOUR, MINUTE, SECOND } from '@tacet/base';
import * as v from 'valibot';
import { MAX_KEYS } from './limits.ts';
import { parse, uint } from './schema.ts';
import type { Parameters } from './types.ts';

/** Longest delay in units of the mean: an exponential exceeds it once in 10^12 draws. */
const DELAY_CAP_PERCENT = 2_763;
/** Slots of Transfer in one of the quickest other rhythm, at least. */
const TRANSFER_FACTOR = 4;

export const parametersSchema = v.pipe(
  v.strictObject({
    epochMs: uint(10 * SECOND, DAY),
    keysAhead: uint(1, MAX_KEYS - 1),
    validEpochs: uint(2, MAX_KEYS),
    graceMs: uint(SECOND, 10 * MINUTE),
    delayMeanMs: uint(1, 10 * SECOND),
    poolTarget: uint(0, 1_000),
    poolFloor: uint(0, 1_000),
    slotMs: uint(50, MINUTE),
    inUseSlotMs: uint(50, MINUTE),
    transferSlotMs: uint(5, MINUTE),
    transferBlockMs: uint(10 * SECOND, HOUR),
    digestMs: uint(100, MINUTE),
    receiptInUseMs: uint(10, HOUR),
    receiptMs: uint(10, HOUR),
    receiptStrongMs: uint(10, HOUR),
    secondCopyMinMs: uint(0, HOUR),
    secondCopyMaxMs: uint(0, HOUR),
    holdMeanMs: uint(SECOND, 10 * MINUTE),
    coverPutPermille: uint(0, 1_000),
    loopPermille: uint(0, 500),
    retryPauseMs: uint(0, HOUR),
    boxLifeDays: uint(1, 90),
    crowd: v.boolean(),
    closed: v.boolean(),
  }),
  v.check((p) => 2 * p.graceMs <= p.epochMs),
  v.check((p) => p.inUseSlotMs <= p.slotMs),
  v.check((p) => p.secondCopyMinMs <= p.secondCopyMaxMs),
);

/** A network with one authority and a crowd to hide in. */
export const defaultParameters: Parameters = {
  epochMs: HOUR,
  keysAhead: 24,
  validEpochs: 24,
  graceMs: 5 * MINUTE,
  delayMeanMs: 400,
  poolTarget: 25,
  poolFloor: 12,
  slotMs: 2_000,
  inUseSlotMs: 1_000,
  transferSlotMs: 31,
  transferBlockMs: 10 * MINUTE,
  digestMs: 5_000,
  receiptInUseMs: 10_000,
  receiptMs: 60_000,
  receiptStrongMs: 300_000,
  secondCopyMinMs: 5_000,
  secondCopyMaxMs: 60_000,
  holdMeanMs: 55_000,
  coverPutPermille: 20,
  loopPermille: 100,
  retryPauseMs: 600_000,
  boxLifeDays: 21,
  crowd: true,
  closed: true,
};

/** Quick, for trying out and for tests; `crowd: false` has windows say *no crowd*. */
export const demonstrationParameters: Parameters = {
  ...defaultParameters,
  keysAhead: 6,
  validEpochs: 6,
  delayMeanMs: 150,
  poolTarget: 0,
  poolFloor: 0,
  slotMs: 500,
  inUseSlotMs: 250,
  transferBlockMs: 2 * MINUTE,
  digestMs: 1_000,
  receiptInUseMs: 1_000,
  receiptMs: 1_000,
  receiptStrongMs: 1_000,
  secondCopyMinMs: 1_000,
  secondCopyMaxMs: 5_000,
  retryPauseMs: 2_000,
  crowd: false,
};

/** floor(27.63 / mu): relays drop packets that ask for a longer wait. */
export function delayCapMs(parameters: Pick<Parameters, 'delayMeanMs'>): number {
  return Math.floor((DELAY_CAP_PERCENT * parameters.delayMeanMs) / 100);
}

/**
 * Transfer is there only where its clock down can be told from any other (docs/spec/03-links.md, 5):
 * a client knows by it that its edge lets it.
 */
export function hasTransfer(
  parameters: Pick<Parameters, 'inUseSlotMs' | 'transferSlotMs'>,
): boolean {
  return TRANSFER_FACTOR * parameters.transferSlotMs <= parameters.inUseSlotMs;
}

/** A full set of parameters from a configuration; throws `malformed` for anything else. */
export function parametersFrom(value: unknown): Parameters {
  return parse(parametersSchema, value, 'parameters');
}
