/** The rates of docs/spec/parameters.md, "usual", for worlds that choose the rest themselves. */
import { defaultParameters } from '@tacet/directory';

const { graceMs, slotMs, inUseSlotMs, delayMeanMs, digestMs } = defaultParameters;
const { receiptInUseMs, receiptMs, receiptStrongMs } = defaultParameters;
const { transferSlotMs, transferBlockMs, loopPermille } = defaultParameters;
const { secondCopyMinMs, secondCopyMaxMs, holdMeanMs } = defaultParameters;

export const USUAL_RATES = {
  graceMs,
  slotMs,
  inUseSlotMs,
  transferSlotMs,
  transferBlockMs,
  loopPermille,
  delayMeanMs,
  digestMs,
  receiptInUseMs,
  receiptMs,
  receiptStrongMs,
  secondCopyMinMs,
  secondCopyMaxMs,
  holdMeanMs,
};
