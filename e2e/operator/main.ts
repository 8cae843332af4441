/** `npm run e2e -- operator`: the operator's page, literally, in network namespaces. */

import { runFresh } from './fresh-run.ts';
import { whyNot } from './machines.ts';
import { type Result, run as walk } from './run.ts';

const UP_LIMIT_S = 600;

export async function run(values: {
  readonly json?: boolean | undefined;
  readonly fresh?: boolean | undefined;
}): Promise<number> {
  const reason = whyNot();
  if (reason !== null) {
    const line = values.json ? JSON.stringify({ skipped: reason }) : `skipped: ${reason}`;
    process.stdout.write(`${line}\n`);
    return 0;
  }
  if (values.fresh) {
    const fresh_ready_s = await runFresh((line) => process.stderr.write(`${line}\n`));
    process.stdout.write(`${JSON.stringify({ fresh_ready_s })}\n`);
    return 0;
  }
  const result = await walk((line) => process.stderr.write(`${line}\n`));
  const holds = judge(result);
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ ...result, holds })}\n`
      : `${Object.entries(result)
          .map(([key, value]) => `${key.padEnd(16)} ${Math.round(value * 100) / 100}\n`)
          .join('')}${holds ? 'it holds' : 'it does NOT hold'}\n`,
  );
  return holds ? 0 : 1;
}

/**
 * One text in a hundred is later than the p99 of a calm network by chance alone. More than chance
 * explains (one run in a thousand) means that the replacement was felt.
 */
export function judge(result: Result): boolean {
  const { network_up_s, lost, twice, later_than_p99, texts_during } = result;
  const expected = texts_during / 100;
  const bound = expected + 3.1 * Math.sqrt(expected) + 1;
  return network_up_s < UP_LIMIT_S && lost === 0 && twice === 0 && later_than_p99 <= bound;
}
