/** `up`, `down`, `status`: the daemon itself. */
import { existsSync } from 'node:fs';
import type { Api, DaemonStatus } from '@tacet/api';
import { AppError, isAppError } from '@tacet/base';
import { type Command, PASSPHRASE_OPTIONS } from '../command.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit.ts';
import { daemonLines } from '../format.ts';
import { launchDaemon, removeTraces } from '../launch.ts';
import { secretFor } from '../passphrase.ts';

const STOP_TIMEOUT_MS = 15_000;

/**
 * Work that needs a daemon, which is started when none runs. What fails changes nothing: a daemon
 * that was started for it goes again, and so does the folder that was made for it.
 */
export async function withDaemon<T>(
  context: Context,
  args: readonly string[],
  work: (api: Api, started: boolean) => Promise<T>,
): Promise<T> {
  const api = await context.api().catch((error: unknown) => {
    if (isAppError(error, 'daemon-not-running')) return null;
    throw error;
  });
  if (api !== null) return await work(api, false);
  const { place } = context;
  const isNew = !existsSync(place.dir);
  try {
    const child = await launchDaemon({ place, foreground: false, args });
    child.unref();
    try {
      return await work(await context.api(), true);
    } catch (error) {
      child.kill('SIGTERM');
      if (child.pid !== undefined) await gone(child.pid);
      throw error;
    }
  } catch (error) {
    // The log says more about what should not have happened.
    if (isNew && isAppError(error) && error.kind !== 'bug') removeTraces(place.dir);
    throw error;
  }
}

/** Opens a locked profile when a way to is given or somebody can be asked. */
async function openUp(context: Context, api: Api): Promise<DaemonStatus> {
  const status = await api.call('status', {});
  const isShut = status.state === 'locked' || status.state === 'full-locked';
  if (!isShut || context.flag('locked')) return status;
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
    const status = await withDaemon(context, args, async (api, started) => {
      if (!started && socks !== undefined) throw running();
      return await openUp(context, api);
    });
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

/** Waits for the end of a process. Throws `daemon-stop`. */
export async function gone(pid: number): Promise<void> {
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
