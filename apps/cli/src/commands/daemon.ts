/** `up`, `down`, `status`: the daemon itself. */
import type { Api, DaemonStatus } from '@tacet/api';
import { AppError, isAppError } from '@tacet/base';
import { type Command, PASSPHRASE_OPTIONS } from '../command.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit.ts';
import { daemonLines } from '../format.ts';
import { launchDaemon } from '../launch.ts';
import { secretFor } from '../passphrase.ts';

const STOP_TIMEOUT_MS = 15_000;

/** The daemon's connection, started first when it does not run. */
export async function apiOrLaunch(context: Context): Promise<Api> {
  try {
    return await context.api();
  } catch (error) {
    if (!isAppError(error, 'daemon-not-running')) throw error;
  }
  const child = await launchDaemon({ place: context.place, foreground: false, args: [] });
  child.unref();
  return await context.api();
}

/** Opens a locked profile when a way to is given or somebody can be asked. */
async function openUp(context: Context, api: Api): Promise<DaemonStatus> {
  const status = await api.call('status', {});
  if (status.state !== 'locked' || context.flag('locked')) return status;
  const secret = await secretFor(context, false);
  if (secret === null) return status;
  await api.call('profile.unlock', secret);
  return await api.call('status', {});
}

export const up: Command = {
  path: 'up',
  summary: 'start the daemon and open the profile',
  arity: [0, 0],
  options: {
    ...PASSPHRASE_OPTIONS,
    foreground: { type: 'boolean', help: 'stay attached; Ctrl-C stops the daemon' },
    locked: { type: 'boolean', help: 'start without opening the profile' },
    socks: {
      type: 'string',
      value: 'SERVER',
      help: 'go through this SOCKS 5 server from now on, e.g. 127.0.0.1:9050; none for none',
    },
    echo: { type: 'boolean', help: 'answer every text with the same text (a test partner)' },
  },
  examples: [
    'tacet up',
    'tacet up --keychain',
    'tacet up --socks 127.0.0.1:9050',
    'tacet up --foreground --passphrase-file ~/.tacet-pass',
  ],
  async run(context) {
    const socks = context.text('socks');
    const args = [
      ...(context.flag('echo') ? ['--echo'] : []),
      ...(socks === undefined ? [] : ['--socks', socks]),
    ];
    if (context.flag('foreground')) return await foreground(context, args);
    let status: DaemonStatus;
    try {
      const api = await context.api();
      if (socks !== undefined) throw running();
      status = await openUp(context, api);
    } catch (error) {
      if (!isAppError(error, 'daemon-not-running')) throw error;
      const child = await launchDaemon({ place: context.place, foreground: false, args });
      child.unref();
      const api = await context.api();
      try {
        status = await openUp(context, api);
      } catch (failure) {
        // What failed changes nothing: the daemon started for it goes again.
        const { pid } = await api.call('status', {});
        child.kill('SIGTERM');
        await gone(pid);
        throw failure;
      }
    }
    context.show(status, () => daemonLines(status, context.tell));
    return undefined;
  },
};

/** It may have dialled already. */
function running(): AppError {
  const message = 'the daemon runs already: tacet network socks SERVER, or tacet down first';
  return new AppError('socks-running', 'state', message);
}

async function foreground(context: Context, args: readonly string[]): Promise<number> {
  const child = await launchDaemon({ place: context.place, foreground: true, args });
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) =>
      resolve(code ?? (signal === null ? EXIT.failed : EXIT.interrupted)),
    );
  });
  // Ctrl-C reaches the child through the terminal as well; a second SIGTERM does no harm.
  const stop = () => void child.kill('SIGTERM');
  process.once('SIGTERM', stop);
  process.removeAllListeners('SIGINT');
  process.once('SIGINT', stop);
  try {
    const status = await openUp(context, await context.api());
    context.show(status, () => daemonLines(status, context.tell));
  } catch (error) {
    stop();
    await ended;
    throw error;
  }
  return await ended;
}

export const down: Command = {
  path: 'down',
  summary: 'stop the daemon',
  arity: [0, 0],
  examples: ['tacet down'],
  details: 'Mail waits in the network until the daemon runs again. Not running is no error.',
  async run(context) {
    let api: Api;
    try {
      api = await context.api();
    } catch (error) {
      if (!isAppError(error, 'daemon-not-running')) throw error;
      context.show({ running: false }, () => 'not running');
      return undefined;
    }
    const { pid } = await api.call('status', {});
    await api.call('daemon.stop', {}).catch((error: unknown) => {
      if (!isAppError(error, 'daemon-gone')) throw error;
    });
    await gone(pid);
    context.show({ running: false }, () => 'stopped');
    return undefined;
  },
};

async function gone(pid: number): Promise<void> {
  const end = performance.now() + STOP_TIMEOUT_MS;
  while (performance.now() < end) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new AppError('daemon-stop', 'state', 'the daemon did not end in time');
}

export const status: Command = {
  path: 'status',
  summary: 'what the daemon does: profile, network, level, usual delivery time',
  arity: [0, 0],
  examples: ['tacet status', 'tacet status --json'],
  async run(context) {
    const found = await (await context.api()).call('status', {});
    context.show(found, () => daemonLines(found, context.tell));
    return undefined;
  },
};
