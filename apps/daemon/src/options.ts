/** The daemon's own arguments; people start it with `tacet up`. Anything unknown stops it. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '@tacet/base';

export interface DaemonOptions {
  readonly dir: string;
  readonly echo: boolean;
  readonly window: boolean;
  /** SOCKS server to keep in the profile; null leaves what is kept there. */
  readonly socks: string | null;
  /** Descriptor on which one line says that calls are taken, or why not. */
  readonly readyFd: number | null;
}

/** Throws `usage`. */
export function readOptions(argv: readonly string[]): DaemonOptions {
  let values: ReturnType<typeof parse>['values'];
  try {
    ({ values } = parse(argv));
  } catch {
    throw usage(
      'unknown or incomplete option; tacet-daemon takes --dir DIR [--echo] [--no-window] [--socks HOST:PORT]',
    );
  }
  if (values.dir === undefined) throw usage('--dir DIR is missing');
  return {
    dir: resolve(values.dir),
    echo: values.echo === true,
    window: values['no-window'] !== true,
    socks: values.socks ?? null,
    readyFd: values['ready-fd'] === undefined ? null : descriptor(values['ready-fd']),
  };
}

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    options: {
      dir: { type: 'string' },
      echo: { type: 'boolean' },
      'no-window': { type: 'boolean' },
      'ready-fd': { type: 'string' },
      socks: { type: 'string' },
    },
    strict: true,
    allowPositionals: false,
  });
}

function descriptor(text: string): number {
  if (!/^\d{1,3}$/.test(text)) throw usage('--ready-fd takes the number of a descriptor');
  return Number(text);
}

function usage(message: string): AppError {
  return new AppError('usage', 'usage', message);
}
