/**
 * A network and its people in one temporary folder: everything a run starts, ended with it. The
 * folder goes, too, unless something failed: then it stays, with all logs.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Parameters } from '@tacet/directory';
import { DaemonProcess } from './daemon.ts';
import { type NetworkOptions, RelayNetwork } from './network.ts';
import { until } from './until.ts';

/** Rates of quick tests: a frame each 100 ms, delays of 30 ms. */
export const FAST: Partial<Parameters> = {
  delayMeanMs: 30,
  slotMs: 100,
  inUseSlotMs: 100,
  digestMs: 250,
  receiptInUseMs: 200,
  receiptMs: 200,
  receiptStrongMs: 200,
  secondCopyMinMs: 200,
  secondCopyMaxMs: 1_000,
  holdMeanMs: 5_000,
};

export interface TownOptions extends Omit<NetworkOptions, 'dir'> {
  readonly daemonEntry?: string;
  readonly daemonArgs?: (name: string) => readonly string[];
  /** Daemons with window servers; the page must have been built. */
  readonly windows?: boolean;
  /** Told the temporary folder before anything is started. */
  readonly onFolder?: (dir: string) => void;
}

const LINK_PATIENCE = 90_000;

export class Town {
  readonly dir: string;
  readonly network: RelayNetwork;
  readonly daemons = new Map<string, DaemonProcess>();
  private readonly options: TownOptions;

  private constructor(dir: string, network: RelayNetwork, options: TownOptions) {
    this.dir = dir;
    this.network = network;
    this.options = options;
  }

  static async open(options: TownOptions): Promise<Town> {
    const dir = mkdtempSync(join(tmpdir(), 'tacet-e2e-'));
    options.onFolder?.(dir);
    const network = await RelayNetwork.start({ ...options, dir: join(dir, 'network') });
    mkdirSync(join(dir, 'people'), { mode: 0o700 });
    return new Town(dir, network, options);
  }

  /** Runs `work` in a new town; logs and folder are kept, and named, when it throws. */
  static async with<T>(options: TownOptions, work: (town: Town) => Promise<T>): Promise<T> {
    const town = await Town.open(options);
    try {
      const result = await work(town);
      await town.close(false);
      return result;
    } catch (error) {
      await town.close(true);
      if (error instanceof Error) error.message += town.report();
      throw error;
    }
  }

  /** A new person on the network. `name` must not have been used in this town. */
  async person(name: string, givenName = name): Promise<DaemonProcess> {
    const daemon = await this.stranger(name, givenName);
    await daemon.api.call('network.join', { card: this.network.card });
    await this.until(`${name} is on the network`, LINK_PATIENCE, async () => {
      return (await daemon.api.call('network.status', {})).link === 'ready';
    });
    return daemon;
  }

  /** A new profile that is on no network. */
  async stranger(name: string, givenName = name): Promise<DaemonProcess> {
    const daemon = this.blank(name, givenName);
    await daemon.start();
    return daemon;
  }

  /** A daemon that does not run yet and has no profile. */
  blank(name: string, givenName = name): DaemonProcess {
    const entry = this.options.daemonEntry;
    const daemon = new DaemonProcess({
      name,
      givenName,
      dir: join(this.dir, 'people'),
      ...(entry === undefined ? {} : { entry }),
      args: this.options.daemonArgs?.(name) ?? [],
      urgent: this.options.urgent ?? false,
      window: this.options.windows ?? false,
    });
    this.daemons.set(name, daemon);
    return daemon;
  }

  /** Looks every 25 ms. */
  until(what: string, ms: number, done: () => Promise<boolean>): Promise<void> {
    return until(what, ms, done);
  }

  /** Of every program that was started and runs. */
  pids(): number[] {
    const people = [...this.daemons.values()].filter((one) => one.isRunning);
    return [...people.map(({ pid }) => pid), ...this.network.pids()];
  }

  /** Programs that ended although nobody asked them to. */
  crashed(): string[] {
    const people = [...this.daemons.values()].filter((one) => one.crashed);
    return [...people.map(({ name }) => name), ...this.network.crashed()];
  }

  /** Ends every program; the folder stays. */
  async stop(): Promise<void> {
    await Promise.all([...this.daemons.values()].map((one) => one.stop()));
    await this.network.stop();
  }

  async close(keep: boolean): Promise<void> {
    await this.stop();
    if (!keep) rmSync(this.dir, { recursive: true, force: true });
  }

  private report(): string {
    const crashed = this.crashed();
    const said =
      [...this.daemons.values()].map((one) => one.tail()).join('') + this.network.tails();
    const ended = crashed.length === 0 ? '' : `\nended by themselves: ${crashed.join(', ')}`;
    return `${ended}\nkept in ${this.dir}${said}`;
  }
}
