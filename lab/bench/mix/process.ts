/**
 * The mix that is measured: the production mix, and a mouth that tells the bench what it cost.
 * Takes the configuration file; speaks over the channel of child processes.
 */
import { readFileSync } from 'node:fs';
import { readConfig, runProcess, untilReady } from '@tacet/host/relay';

export interface MixReport {
  /** CPU time of all threads since the start, microseconds. */
  readonly cpuUs: number;
  readonly rssMb: number;
  /** Highest resident size since the last report, looked at every 20 ms. */
  readonly peakRssMb: number;
  /** How late packets left since the last report, ms. */
  readonly late: Float64Array;
  readonly counters: Readonly<Record<string, number>>;
}

const [configFile] = process.argv.slice(2);
if (configFile === undefined) throw new RangeError('a configuration file is needed');
let late: number[] = [];
let peak = 0;
const rssMb = (): number =>
  (Number(readFileSync('/proc/self/statm', 'latin1').split(' ')[1]) * 4_096) / 1e6;
setInterval(() => {
  peak = Math.max(peak, rssMb());
}, 20);

const report = (line: string): void => void process.stderr.write(`mix: ${line}\n`);
const running = await runProcess(readConfig(configFile, {}).config, {
  version: 'measured',
  report,
  onLate: (ms) => late.push(ms),
});
await untilReady(running, new AbortController().signal, report);
process.on('message', (message) => {
  if (message === 'stop') {
    running.stop().then(() => process.exit(0));
    return;
  }
  const { user, system } = process.cpuUsage();
  const answer: MixReport = {
    cpuUs: user + system,
    rssMb: rssMb(),
    peakRssMb: Math.max(peak, rssMb()),
    late: Float64Array.from(late),
    counters: running.counters(),
  };
  late = [];
  peak = 0;
  process.send?.(answer);
});
process.on('disconnect', () => process.exit(1));
process.send?.('ready');
