/** Transfer for one file: its price and what it shows are said, and a person says yes to them. */
import type { ResultOf } from '@tacet/api';
import { AppError } from '@tacet/base';
import type { Context } from './context.ts';
import { showBytes, showSpan } from './duration.ts';

export const TRANSFER = {
  transfer: { type: 'boolean', help: 'quicker, in a way that your line shows: asks first' },
  yes: { type: 'boolean', help: 'with --transfer: yes to what it costs and shows' },
} as const;

type Price = ResultOf<'file.preview'>['transfer'];

/** The price is said. Throws `transfer-unconfirmed` where nobody said yes to it, `transfer-absent`. */
export function agree(context: Context, transfer: Price): void {
  if (transfer === null) {
    throw new AppError('transfer-absent', 'refused', 'this network has no rate for Transfer');
  }
  const { leastMs, mostMs, oneSided, blocks, blockMs, up, down, shows } = transfer;
  const often = blocks === 1 ? 'a block' : `${blocks} blocks`;
  const alone = `${showSpan(oneSided.leastMs)} to ${showSpan(oneSided.mostMs)}`;
  context.note(
    `Transfer: ${showSpan(leastMs)} to ${showSpan(mostMs)} once both have said yes; ${alone} where only one of both uses it`,
  );
  context.note(
    `at least ${often} of ${showSpan(blockMs)}, run to the end: ${showBytes(up)} up, ${showBytes(down)} down`,
  );
  for (const { text } of shows) context.note(`- ${text}`);
  if (context.flag('yes')) return;
  throw new AppError('transfer-unconfirmed', 'refused', 'if that is well, say it again with --yes');
}
