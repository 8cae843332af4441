/** `npm run e2e -- operator`: the operator's page, literally, in network namespaces. */

import { runFresh } from './fresh-run.ts';
import { whyNot } from './machines.ts';
import { type Result, run as walk } from './run.ts';

const UP_LIMIT_S = 600;
/** Of blaming a replacement that delays nothing. */
const CHANCE = 0.001;

export async function run(values: {
  readonly seed?: string | undefined;
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
  const seed = values.seed ?? String(Date.now());
  process.stderr.write(`seed ${seed}\n`);
  const result = await walk(seed, (line) => process.stderr.write(`${line}\n`));
  const holds = judge(result);
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ ...result, holds })}\n`
      : `${lines(result).join('\n')}\n${holds ? 'it holds' : 'it does NOT hold'}\n`,
  );
  return holds ? 0 : 1;
}

function lines(figures: object, of = ''): string[] {
  return Object.entries(figures).flatMap(([key, value]) => {
    if (typeof value === 'object') return lines(value, `${key}.`);
    return [`${of}${key}`.padEnd(22) + Number(Number(value).toPrecision(3))];
  });
}

/**
 * One text in a hundred is later than the p99 of a calm network by chance alone. More than chance
 * explains in one run of a thousand means that the replacement was felt.
 */
export function judge({ network_up_s, people_moved, lost, twice, mix, edge }: Result): boolean {
  const isUnnoticed = mix.chance >= CHANCE && edge.chance >= CHANCE;
  return network_up_s < UP_LIMIT_S && people_moved > 0 && lost === 0 && twice === 0 && isUnnoticed;
}
