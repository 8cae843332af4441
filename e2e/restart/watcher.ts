/**
 * Follows one person's event log, as a window does, through every restart: what was shown once
 * must stay true. Keeps the furthest state of each message and notes every step back, every gap
 * in the log and every alarm.
 */
import type { EventView, MessageStateName, MessageView } from '@tacet/api';
import { isAppError } from '@tacet/base';
import { allMessages, type DaemonProcess } from '../lib/daemon.ts';
import { sleep } from '../lib/program.ts';
import { isDown } from './writer.ts';

/** The order in which states may follow each other. */
const RANK: Readonly<Record<MessageStateName, number>> = {
  queued: 0,
  sending: 1,
  unconfirmed: 2,
  stored: 3,
  delivered: 4,
  failed: 4,
  received: 4,
  read: 5,
};
const PAUSE = 50;

interface Seen {
  readonly state: MessageStateName;
  readonly partsSent: number;
  readonly copies: number;
}

export class Watcher {
  readonly backwards: string[] = [];
  readonly gaps: string[] = [];
  readonly alarms = new Map<string, number>();
  /** Events read, and restarts after which the log was compared. */
  events = 0;
  compared = 0;
  private readonly daemon: DaemonProcess;
  private readonly contactIds: () => readonly string[];
  private readonly fleeting: () => string | null;
  private readonly seen = new Map<string, Seen>();
  private cursor = 0;
  private stopped = false;
  private readonly loop: Promise<void>;

  /**
   * @param contactIds whose conversations are looked at again after a restart
   * @param fleeting a contact whose messages may disappear
   */
  constructor(
    daemon: DaemonProcess,
    contactIds: () => readonly string[],
    fleeting: () => string | null = () => null,
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
      if (!isAppError(error, 'message-unknown') || this.fleeting() === null) throw error;
    }
  }

  /** After a restart: everything shown before must still be so, or further. */
  private async compareAll(): Promise<void> {
    const pages = await Promise.all(this.contactIds().map((id) => allMessages(this.daemon, id)));
    const messages = pages.flat();
    const here = new Set(messages.map(({ id }) => id));
    for (const id of this.seen.keys()) {
      if (!here.has(id)) this.backwards.push(`${this.daemon.name}: message ${id} is gone`);
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

  private onMessage({ id, contactId, state, partsSent, copies }: MessageView): void {
    const had = this.seen.get(id);
    if (contactId === this.fleeting()) return;
    this.seen.set(id, { state, partsSent, copies });
    if (had === undefined) return;
    const back =
      RANK[state] < RANK[had.state] ||
      (RANK[state] === 4 && RANK[had.state] === 4 && state !== had.state) ||
      (state === had.state && partsSent < had.partsSent);
    if (!back) return;
    const show = (one: Seen): string => `${one.state} ${one.partsSent} sent ${one.copies} copies`;
    this.backwards.push(
      `${this.daemon.name}: message ${id} from ${show(had)} to ${show({ state, partsSent, copies })}`,
    );
  }
}
