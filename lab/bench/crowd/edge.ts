/**
 * An edge that is measured: the production edge, and a file of how late its frames down left.
 * Takes the arguments of `tacet-relay run`, and `--late FILE`.
 */
import { parseArgs } from 'node:util';
import { RUN_ARGS, runMeasured } from '../measured-relay.ts';
import { writeLate } from './late.ts';

const { values } = parseArgs({
  // `run`
  args: process.argv.slice(3),
  options: { ...RUN_ARGS, late: { type: 'string' } },
});
if (values.config === undefined || values.late === undefined) throw new RangeError('arguments');
await runMeasured(values.config, { onLate: writeLate(values.late) });
process.exit(0);
