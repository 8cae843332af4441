/**
 * An edge that is measured: the production edge, and a file of what it knows of single packets.
 * Takes the arguments of `tacet-relay run`, and `--facts FILE`.
 */
import { parseArgs } from 'node:util';
import { RUN_ARGS, runMeasured } from '../measured-relay.ts';
import { FactFile, factsNow, hexOf, tagOf } from './facts.ts';

const { values } = parseArgs({
  // `run`
  args: process.argv.slice(3),
  options: { ...RUN_ARGS, facts: { type: 'string' } },
});
if (values.config === undefined || values.facts === undefined) throw new RangeError('arguments');
const facts = new FactFile(values.facts);
await runMeasured(values.config, {
  observer: {
    entered: (packet, delay) => facts.add({ kind: 'entered', tag: tagOf(packet), delay }),
    stored: (mark) => facts.add({ kind: 'stored', mark: hexOf(mark), at: factsNow() }),
    queued: (id) => facts.add({ kind: 'queued', replyId: hexOf(id), at: factsNow() }),
    told: (id) => facts.add({ kind: 'told', replyId: hexOf(id), at: factsNow() }),
  },
});
await facts.close();
process.exit(0);
