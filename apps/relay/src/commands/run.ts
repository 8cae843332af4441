/** `run`: one process of a network, until it is told to stop. */
import { withholdMemory } from '@tacet/host/core-dumps';
import { readConfig, runProcess, untilReady } from '@tacet/host/relay';
import { CONFIG, type Command, type Given } from '../command.ts';
import { textOption } from '../options.ts';
import { describe, type Output } from '../output.ts';
import { stopSignal } from '../signals.ts';
import { VERSION } from '../version.ts';

export const UNTIL_STDIN = {
  'until-stdin-ends': { type: 'boolean', help: 'stop when standard input ends' },
} as const;

const CORE_MEMORY =
  'core files of this process would hold its keys: set their limit to 0 (ulimit -c 0)';

export const run: Command = {
  path: 'run',
  summary: 'run one process: mix, edge or authority',
  options: { ...CONFIG, ...UNTIL_STDIN },
  examples: ['tacet-relay run --config net/edge-1/config.json'],
  details:
    'SIGTERM and SIGINT let what is on its way leave, then end it with 0. SIGHUP has an authority read\n' +
    'its list of relays again. What an operator should know is said on standard error.',
  run: start,
};

async function start({ values }: Given, output: Output): Promise<void> {
  const { config } = readConfig(textOption(values, 'config'), process.env);
  // Nobody else reads what this process writes.
  process.umask(0o077);
  if (!withholdMemory()) output.warn(CORE_MEMORY);
  const stop = stopSignal(values['until-stdin-ends'] === true);
  const running = await runProcess(config, {
    version: VERSION,
    report: output.warn,
    onStop: stop.request,
  });
  process.on('SIGHUP', () => {
    try {
      running.operations.reload();
    } catch (error) {
      output.warn(describe(error));
    }
  });
  if (await untilReady(running, stop.signal, output.warn)) output.out(`ready ${running.role}`);
  await stop.stopped;
  await running.stop();
}
