/** A production relay with hooks that shipped programs do not set, run as `tacet-relay run` runs it. */
import { type RunOptions, readConfig, runProcess, untilReady } from '@tacet/host/relay';

/** Options of `run` beside those of the hooks, for `parseArgs`. */
export const RUN_ARGS = {
  config: { type: 'string' },
  'until-stdin-ends': { type: 'boolean' },
} as const;

/** Resolves when it was told to stop and has. */
export async function runMeasured(
  config: string,
  hooks: Pick<RunOptions, 'observer' | 'onLate'>,
): Promise<void> {
  process.umask(0o077);
  const stop = new AbortController();
  process.on('SIGTERM', () => stop.abort());
  process.stdin.on('end', () => stop.abort()).resume();
  const report = (line: string): void => void process.stderr.write(`${line}\n`);
  const running = await runProcess(readConfig(config, {}).config, {
    version: 'measured',
    report,
    ...hooks,
  });
  const ready = await untilReady(running, stop.signal, report);
  if (ready) process.stdout.write(`ready ${running.role}\n`);
  if (!stop.signal.aborted) {
    await new Promise((resolve) => stop.signal.addEventListener('abort', resolve));
  }
  await running.stop();
}
