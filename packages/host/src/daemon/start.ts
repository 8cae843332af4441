/**
 * A whole daemon with its real surroundings: profile on disk, ratchets, links to edges, unix
 * socket, window server. It starts locked; secrets come over its doors only.
 */
import { basename } from 'node:path';
import { createKeychain } from '@tacet/adapters/keychain';
import { Pictures } from '@tacet/adapters/pictures';
import { isAppError } from '@tacet/base';
import {
  Client,
  type JobOutcome,
  type ProfileStore,
  prepareProfile,
  type RequestFacts,
  type SessionJob,
} from '@tacet/client';
import { systemRng } from '@tacet/crypto';
import { createPacketBuilder } from '@tacet/onion';
import { collectFreed, fillFreed, freeHere, overwriteFreed } from '../freed-memory.ts';
import { removeCopy } from './backup/copy.ts';
import { SystemClock } from './clock.ts';
import type { DaemonCore } from './core.ts';
import { prepareCover } from './cover.ts';
import { LateSession } from './late-session.ts';
import { LaunchPages } from './launch-pages.ts';
import { makeLog } from './log.ts';
import type { Environment } from './ports.ts';
import { Daemon } from './service.ts';
import type { WindowDoor } from './service-options.ts';
import { ownDirectory } from './socket/directory.ts';
import { lockDirectory } from './socket/lock.ts';
import { startSocketServer } from './socket/server.ts';
import { makeVault, type OpenedVault } from './vault.ts';
import { checkSocks, makeDial } from './way-out.ts';
import { launchPage, loadAssets, startWindowServer, type WindowServer } from './window/index.ts';

export interface StartOptions {
  /** The profile's directory; its last part is the handle. */
  readonly dir: string;
  readonly version: string;
  /** Folder of the built page; null for a daemon without windows. */
  readonly page: string | null;
  /** Lines of the log. */
  readonly write: (line: string) => void;
  /** A caller asked the daemon to stop. */
  readonly onStop: () => void;
  /** SOCKS server from now on, kept in the profile; `none` for none, absent: as it is kept. */
  readonly socks?: string;
  /** Only where delivery is measured (docs/dev/measuring.md). */
  readonly onRequest?: (facts: RequestFacts) => void;
}

export interface RunningDaemon {
  readonly core: DaemonCore;
  stop(): Promise<void>;
}

/** Throws `profile-directory`, `daemon-running`, `socket-failed`, `window-port`. */
export async function startDaemon(options: StartOptions): Promise<RunningDaemon> {
  const { dir } = options;
  freeHere();
  ownDirectory(dir);
  const lock = lockDirectory(dir);
  removeCopy(dir);
  const clock = new SystemClock();
  const environment: Environment = { clock, rng: systemRng, log: makeLog(clock, options.write) };
  let window: WindowServer | null = null;
  let door: WindowDoor | null = null;
  const daemon = makeDaemon(options, environment, () => door);
  try {
    const pages = new LaunchPages(dir, systemRng);
    window = await openWindow(options.page, daemon, environment);
    door = window === null ? null : windowDoor(window, pages);
    const socket = await startSocketServer(dir, daemon);
    return {
      core: daemon,
      async stop() {
        await daemon.stop();
        await Promise.all([socket.close(), window?.close()]);
        pages.close();
        lock.release();
      },
    };
  } catch (error) {
    await window?.close();
    lock.release();
    throw error;
  }
}

function windowDoor(window: WindowServer, pages: LaunchPages): WindowDoor {
  return {
    address: window.address,
    open() {
      const url = window.ticket();
      return { url, file: pages.write(launchPage(url)) };
    },
  };
}

function makeDaemon(
  options: StartOptions,
  environment: Environment,
  window: () => WindowDoor | null,
): Daemon<OpenedVault, SessionJob, JobOutcome> {
  const session = new LateSession();
  const rng = environment.rng;
  const socks = options.socks === undefined ? null : checkSocks(options.socks);
  const fill = async (store: ProfileStore, name: string): Promise<void> => {
    await prepareProfile(store, await session.load(), rng, { name });
  };
  return new Daemon({
    handle: basename(options.dir),
    dir: options.dir,
    version: options.version,
    environment,
    vault: makeVault({ dir: options.dir, keychain: createKeychain(), rng }),
    dial: makeDial(environment.clock, rng),
    prepare: ({ store }, name) => fill(store, name),
    fill,
    openPerson: ({ store, room }, now, from) => {
      session.soon();
      const client = Client.open(
        {
          store,
          rng,
          room,
          builder: createPacketBuilder(rng),
          ...(options.onRequest === undefined ? {} : { onRequest: options.onRequest }),
        },
        now,
        from,
      );
      // Before anything is dialled.
      if (socks !== null) client.setSocks(socks, now);
      return client;
    },
    prepareCover: async (inTurn) => {
      return await prepareCover(await session.get(), rng, inTurn);
    },
    collectFreed: () => {
      overwriteFreed();
      collectFreed();
    },
    fillFreed,
    runJob: async (job) => await job.run(await session.get()),
    pictures: new Pictures(),
    window,
    onStop: options.onStop,
  });
}

/** A page that is missing or not as it was built leaves a daemon without windows. */
async function openWindow(
  page: string | null,
  core: DaemonCore,
  { clock, rng, log }: Environment,
): Promise<WindowServer | null> {
  if (page === null) return null;
  try {
    return await startWindowServer({ core, assets: await loadAssets(page), rng, clock });
  } catch (error) {
    if (!isAppError(error, 'window-assets')) throw error;
    log.warn('window-assets');
    return null;
  }
}
