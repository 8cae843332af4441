/**
 * Follows one person's event log, as a window does, through every restart: what was shown once
 * must stay true. Keeps the furthest state of each message and notes every step back, every gap
 * in the log and every alarm.
 */
import type { EventView, MessageView } from '@tacet/api';
import { isAppError } from '@tacet/base';
import { allMessages, type DaemonProcess } from '../lib/daemon.ts';
import { sleep } from '../lib/program.ts';
import { States } from './states.ts';
import { isDown } from './writer.ts';

const PAUSE = 50;

export class Watcher {
  readonly backwards: string[] = [];
  readonly gaps: string[] = [];
  readonly alarms = new Map<string, number>();
  /** Events read, and restarts after which the log was compared. */
  events = 0;
  compared = 0;
  private readonly daemon: DaemonProcess;
  private readonly contactIds: () => readonly string[];
  private readonly fleeting: () => readonly string[];
  private readonly states = new States();
  private cursor = 0;
  private stopped = false;
  private readonly loop: Promise<void>;

  /**
   * @param contactIds whose conversations are looked at again after a restart
   * @param fleeting contacts whose messages may disappear
   */
  constructor(
    daemon: DaemonProcess,
    contactIds: () => readonly string[],
    fleeting: () => readonly string[] = () => [],
  ) {
    this.daemon = daemon;
    this.contactIds = contactIds;
    this.fleeting = fleeting;
    this.loop = this.run();
    this.loop.catch(() => {});
  }

  /** Rejects with what made it end before its time. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.loop;
  }

  private async run(): Promise<void> {
    let lives = -1;
    while (!this.stopped) {
      try {
        if (!this.daemon.isOpen) {
          await sleep(PAUSE);
          continue;
        }
        if (lives !== this.daemon.lives) {
          lives = this.daemon.lives;
          await this.compareAll();
        }
        await this.follow();
      } catch (error) {
        if (!isDown(error)) throw error;
        await sleep(PAUSE);
      }
    }
  }

  private async follow(): Promise<void> {
    const { events } = await this.daemon.api.call('events.read', {
      cursor: this.cursor,
      max: 200,
      waitMs: 500,
    });
    for (const event of events) await this.onEvent(event);
  }

  private async onEvent(event: EventView): Promise<void> {
    if (event.cursor !== this.cursor + 1) {
      this.gaps.push(`${this.daemon.name}: event ${event.cursor} after ${this.cursor}`);
    }
    if (event.kind === 'alarm') {
      this.alarms.set(event.subject, (this.alarms.get(event.subject) ?? 0) + 1);
    }
    if (event.kind === 'message' || event.kind === 'message-state') {
      await this.look(event.subject);
    }
    this.cursor = event.cursor;
    this.events++;
  }

  private async look(id: string): Promise<void> {
    try {
      this.onMessage(await this.daemon.api.call('message.get', { id }));
    } catch (error) {
      if (!isAppError(error, 'message-unknown') || this.fleeting().length === 0) throw error;
    }
  }

  /** After a restart: everything shown before must still be so, or further. */
  private async compareAll(): Promise<void> {
    const pages = await Promise.all(this.contactIds().map((id) => allMessages(this.daemon, id)));
    const messages = pages.flat();
    const here = new Set(messages.map(({ id }) => id));
    for (const id of this.states.gone(here, this.fleeting())) {
      this.backwards.push(`${this.daemon.name}: message ${id} is gone`);
    }
    for (const message of messages) this.onMessage(message);
    try {
      await this.daemon.api.call('events.read', { cursor: this.cursor, max: 1, waitMs: 0 });
    } catch (error) {
      if (!isAppError(error, 'cursor-ahead')) throw error;
      this.gaps.push(`${this.daemon.name}: the log ends before event ${this.cursor}`);
      this.cursor = 0;
    }
    this.compared++;
  }

  private onMessage(message: MessageView): void {
    if (this.fleeting().includes(message.contactId)) return;
    const back = this.states.see(message);
    if (back !== null) this.backwards.push(`${this.daemon.name}: ${back}`);
  }
}
