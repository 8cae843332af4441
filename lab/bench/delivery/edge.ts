/**
 * An edge that is measured: the production edge, and a file of what it knows of single packets.
 * Takes the arguments of `tacet-relay run`, and `--facts FILE`.
 */
import { parseArgs } from 'node:util';
import { readConfig, runProcess, untilReady } from '@tacet/host/relay';
import { FactFile, factsNow, hexOf, tagOf } from './facts.ts';

const { values } = parseArgs({
  // `run`
  args: process.argv.slice(3),
  options: {
    config: { type: 'string' },
    facts: { type: 'string' },
    'until-stdin-ends': { type: 'boolean' },
  },
});
if (values.config === undefined || values.facts === undefined) throw new RangeError('arguments');
process.umask(0o077);
const facts = new FactFile(values.facts);
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
process.stdin.on('end', () => stop.abort()).resume();

const report = (line: string): void => void process.stderr.write(`${line}\n`);
const running = await runProcess(readConfig(values.config, {}).config, {
  version: 'measured',
  report,
  observer: {
    entered: (packet, delay) => facts.add({ kind: 'entered', tag: tagOf(packet), delay }),
    stored: (mark) => facts.add({ kind: 'stored', mark: hexOf(mark), at: factsNow() }),
    queued: (id) => facts.add({ kind: 'queued', replyId: hexOf(id), at: factsNow() }),
    told: (id) => facts.add({ kind: 'told', replyId: hexOf(id), at: factsNow() }),
  },
});
if (await untilReady(running, stop.signal, report)) process.stdout.write(`ready ${running.role}\n`);
if (!stop.signal.aborted) {
  await new Promise((resolve) => stop.signal.addEventListener('abort', resolve));
}
await running.stop();
await facts.close();
process.exit(0);
