/** `run`: one process of a network, until it is told to stop. */
import { readConfig, runProcess, untilReady } from '@tacet/host/relay';
import { readOptions, textOption } from '../options.ts';
import type { Output } from '../output.ts';
import { stopSignal } from '../signals.ts';
import { VERSION } from '../version.ts';

export async function run(args: readonly string[], output: Output): Promise<void> {
  const values = readOptions(args, {
    config: { type: 'string' },
    'until-stdin-ends': { type: 'boolean' },
  });
  const { config } = readConfig(textOption(values, 'config'), process.env);
  // Nobody else reads what this process writes.
  process.umask(0o077);
  const stop = stopSignal(values['until-stdin-ends'] === true);
  const running = await runProcess(config, { version: VERSION, report: output.warn });
  if (await untilReady(running, stop.signal, output.warn)) output.out(`ready ${running.role}`);
  await stop.stopped;
  await running.stop();
}
