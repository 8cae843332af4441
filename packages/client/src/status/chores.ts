/**
 * What is done every five minutes and every hour. Each task by itself: one that fails is due again, and
 * none waits for it.
 */
import { DAY, HOUR, MINUTE, type Millis } from '@tacet/base';
import type { AddressFeature } from '../addresses/feature.ts';
import type { WatchList } from '../boxes/watches.ts';
import type { Contacts } from '../contacts/contacts.ts';
import type { Files } from '../files/feature.ts';
import type { Levels } from '../levels/levels.ts';
import type { Invitations } from '../meeting/invitations.ts';
import type { Network } from '../network/network.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { ProfileStore } from '../ports.ts';
import type { RecoveryParts } from '../recovery/join.ts';
import type { JobQueue } from '../sessions/jobs.ts';
import type { Beacons } from '../streams/beacons.ts';
import type { StreamReader } from '../streams/reader.ts';
import type { TrustParts } from '../trust/join.ts';
import type { Faults } from './faults.ts';

/** As an engine has them. */
export interface ChoreDeps {
  readonly store: ProfileStore;
  readonly network: Network | null;
  readonly faults: Faults;
  readonly outbox: Outbox;
  readonly beacons: Beacons;
  readonly jobs: JobQueue;
  readonly reader: StreamReader;
  readonly watches: WatchList;
  readonly invitationList: Invitations;
  readonly addresses: AddressFeature;
  readonly contactList: Contacts;
  readonly trust: TrustParts;
  readonly levels: Levels;
  readonly files: Files;
  readonly recovery: RecoveryParts;
}

const OFTEN: Millis = 5 * MINUTE;

export class Chores {
  private readonly d: ChoreDeps;
  private nextHour: Millis;
  private nextMinutes: Millis;

  constructor(deps: ChoreDeps, now: Millis) {
    this.d = deps;
    this.nextHour = now;
    this.nextMinutes = now + OFTEN;
  }

  get deadline(): Millis {
    return Math.min(this.nextHour, this.nextMinutes);
  }

  /** The clock was set back. */
  setBack(now: Millis): void {
    this.nextHour = Math.min(this.nextHour, now + HOUR);
    this.nextMinutes = Math.min(this.nextMinutes, now + OFTEN);
  }

  advance(now: Millis): void {
    if (this.nextMinutes <= now) this.often(now);
    if (this.nextHour <= now) this.hourly(now);
  }

  private often(now: Millis): void {
    this.nextMinutes = now + OFTEN;
    const { outbox, network, invitationList, trust, levels, files } = this.d;
    this.each(now, [
      () => outbox.repairHoles(now),
      () => network?.current(now) != null && invitationList.expire(now),
      () => trust.expire(now),
      () => levels.tend(now),
      () => files.tend(now),
    ]);
  }

  private hourly(now: Millis): void {
    this.nextHour = now + HOUR;
    const { network } = this.d;
    const parameters = network?.current(now)?.parameters;
    if (network === null || parameters === undefined) {
      this.nextHour = now + MINUTE;
      return;
    }
    const { outbox, beacons, jobs, reader, invitationList, addresses, contactList, watches } =
      this.d;
    this.each(now, [
      () => outbox.renewAged(parameters, now),
      () => beacons.write(network, now),
      () => outbox.streams.healing.askForNotices(now) && jobs.kick(),
      () => outbox.streams.roots.replace(now) && jobs.kick(),
      () => reader.roots.tend(now),
      () => this.d.recovery.hourly(parameters.boxLifeDays, now),
      () => reader.healing.expire(now),
      () => invitationList.expire(now),
      () => addresses.hourly(now),
      () => contactList.forgetOld(now),
      () => reader.everyDay(now),
      () => reader.sweepGaps(now),
      () => reader.expireGaps(now, parameters.boxLifeDays),
      () => watches.expire(Math.floor(now / DAY), parameters.boxLifeDays),
    ]);
    this.d.store.checkpoint();
  }

  private each(now: Millis, tasks: readonly (() => unknown)[]): void {
    for (const task of tasks) this.d.faults.contain('task-failed', now, task);
  }
}
