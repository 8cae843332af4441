/**
 * One of the six: a daemon with a clock of its own, whom they know, and for some a way to the
 * network that a run can block. What they do goes on through kills: a call that ended without an
 * answer is made again.
 */
import { type Millis, type Rng, randomInt } from '@tacet/base';
import { clockFile, setClock } from '../lib/clock.ts';
import type { DaemonProcess } from '../lib/daemon.ts';
import { sleep } from '../lib/program.ts';
import type { Town } from '../lib/town.ts';
import { type Microsocks, startMicrosocks } from '../links/microsocks.ts';
import { isDown } from '../restart/writer.ts';

const PAUSE = 100;

export class Person {
  readonly name: string;
  readonly daemon: DaemonProcess;
  /** Contact ids by name. */
  readonly contacts = new Map<string, string>();
  /** Of the conversation with oneself, once there is one. */
  notes: string | null = null;
  /** Id of a contact apart, whose messages disappear. */
  fleeting: string | null = null;
  /** Contacts who went again before they could write. */
  readonly passing = new Set<string>();
  private readonly clock: string;
  private way: Microsocks | null = null;

  private constructor(name: string, daemon: DaemonProcess, clock: string) {
    this.name = name;
    this.daemon = daemon;
    this.clock = clock;
  }

  static async enter(town: Town, name: string): Promise<Person> {
    const clock = clockFile(town.dir, name);
    setClock(clock, 0);
    return new Person(name, await town.person(name), clock);
  }

  /** How far this computer's clock is wrong from now on. */
  setClock(aheadMs: Millis): void {
    setClock(this.clock, aheadMs);
  }

  /** Everything goes through a server of the run's from now on. */
  async goThrough(): Promise<void> {
    this.way = await startMicrosocks();
    await this.daemon.api.call('network.socks', { server: this.way.address });
  }

  /** Nothing comes or goes, and no connection ends: as behind a cable that was pulled. */
  partition(isOn: boolean): void {
    if (this.way === null) throw new Error(`${this.name} goes directly`);
    process.kill(this.way.pid, isOn ? 'SIGSTOP' : 'SIGCONT');
  }

  async leave(): Promise<void> {
    if (this.way === null) return;
    this.partition(false);
    await this.way.end();
  }

  /** Makes a call until it was answered, however often the daemon is killed meanwhile. */
  async persist<T>(call: (api: DaemonProcess['api']) => Promise<T>): Promise<T> {
    for (;;) {
      if (this.daemon.isOpen) {
        try {
          return await call(this.daemon.api);
        } catch (error) {
          if (!isDown(error)) throw error;
        }
      }
      await sleep(PAUSE);
    }
  }

  /** Ids of all conversations. */
  get conversations(): string[] {
    return [...this.contacts.values(), ...(this.notes === null ? [] : [this.notes])];
  }

  /** Contacts whose messages may go. */
  get mayGo(): string[] {
    return [...this.passing, ...(this.fleeting === null ? [] : [this.fleeting])];
  }

  /** One of those known; null while there is none. */
  someone(rng: Rng): string | null {
    const names = [...this.contacts.keys()];
    return names.length === 0 ? null : (names[randomInt(rng, names.length)] ?? null);
  }

  contactId(name: string): string {
    const id = this.contacts.get(name);
    if (id === undefined) throw new Error(`${this.name} does not know ${name}`);
    return id;
  }
}
