/** Entry of a person's daemon: arguments, signals, and the line that says it is ready. */
import { closeSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError, isAppError } from '@tacet/base';
import { withholdMemory } from '@tacet/host/core-dumps';
import { keepLogShort, makeLog, SystemClock, startDaemon } from '@tacet/host/daemon';
import { runEcho } from './echo.ts';
import { isTold } from './environment.mjs';
import { type DaemonOptions, readOptions } from './options.ts';

const STOP_TIMEOUT_MS = 10_000;
const PAGE = fileURLToPath(new URL('../../web/dist', import.meta.url));

/** Where `tacet up` has standard error go; null until the options are read. */
let logFile: string | null = null;
const keepShort = (): void => {
  if (logFile !== null) keepLogShort(process.stderr.fd, logFile);
};
const write = (line: string): void => {
  process.stderr.write(line);
  keepShort();
};
const log = makeLog(new SystemClock(), write);

// Whatever is made here is for this user only.
process.umask(0o077);
if (!withholdMemory()) log.warn('core-memory');
if (!isTold(process.env)) log.warn('freed-memory');

process.on('uncaughtException', (error) => {
  log.error('internal', error);
  process.exit(1);
});

async function run(options: DaemonOptions): Promise<void> {
  const stopping = new AbortController();
  const daemon = await startDaemon({
    dir: options.dir,
    version: version(),
    page: options.window ? PAGE : null,
    ...(options.socks === null ? {} : { socks: options.socks }),
    write,
    onStop: () => stop(),
  });

  function stop(): void {
    if (stopping.signal.aborted) return;
    stopping.abort();
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
    daemon.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error('internal', error);
        process.exit(1);
      },
    );
  }

  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (options.echo) {
    runEcho(daemon.core, stopping.signal).catch((error: unknown) => {
      log.error(isAppError(error) ? error.code : 'internal', error);
      stop();
    });
  }
  tellReady(options, { ready: true });
}

function tellReady({ readyFd }: DaemonOptions, line: object): void {
  if (readyFd === null) return;
  try {
    writeSync(readyFd, `${JSON.stringify(line)}\n`);
    closeSync(readyFd);
  } catch {
    // Whoever started us went away meanwhile.
  }
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

let options: DaemonOptions | null = null;
try {
  options = readOptions(process.argv.slice(2));
  logFile = join(options.dir, 'daemon.log');
  keepShort();
  await run(options);
} catch (error) {
  const known =
    error instanceof AppError
      ? error
      : new AppError('internal', 'bug', 'something unexpected went wrong');
  const { code, kind, message } = known;
  // Where in our code is of use for our own mistakes only; everything else is for whoever started us.
  if (kind === 'bug') log.error(code, error);
  if (options !== null) tellReady(options, { error: { code, kind, message } });
  if (options?.readyFd == null) process.stderr.write(`tacet-daemon: ${message} (${code})\n`);
  process.exit(kind === 'usage' ? 2 : 1);
}
