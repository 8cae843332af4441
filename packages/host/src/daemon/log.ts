/**
 * Lines for whoever runs the daemon (docs/dev/logging.md): time, level, a stable code and, for
 * an error of ours, where in our code it came from. Never the text of an error: it could name
 * anything.
 */
import type { Clock } from '@tacet/base';
import { LOG_PERIOD, MAX_LOG_LINES } from './limits.ts';
import type { Log } from './ports.ts';

export function makeLog(clock: Clock, write: (line: string) => void): Log {
  let periodStart = clock.now();
  let lines = 0;

  function say(level: string, code: string, where: string): void {
    const now = clock.now();
    if (now - periodStart > LOG_PERIOD) {
      const dropped = lines - MAX_LOG_LINES;
      periodStart = now;
      lines = 0;
      if (dropped > 0) say('warn', 'log-lines-dropped', String(dropped));
    }
    lines += 1;
    if (lines > MAX_LOG_LINES) return;
    const time = new Date(now).toISOString();
    write(`${time} ${level} ${code}${where === '' ? '' : ` ${where}`}\n`);
  }

  return {
    warn: (code) => say('warn', code, ''),
    error: (code, cause) => say('error', code, frames(cause)),
  };
}

const FRAME = /((?:packages|apps)\/[\w./-]+\.ts:\d+)/;

/** Up to four places in our own files. */
function frames(cause: unknown): string {
  if (!(cause instanceof Error)) return '';
  const lines = (cause.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return lines
    .flatMap((line) => FRAME.exec(line)?.[1] ?? [])
    .slice(0, 4)
    .join(' < ');
}
