/** What a method of an opened profile is given, and the form of its handler. */
import type { MethodName, ParamsOf, ResultOf } from '@tacet/api';
import type { FileCells, PicturePort } from '@tacet/client';
import type { Admission } from './admission.ts';
import type { Caller } from './core.ts';
import type { EventHub } from './event-hub.ts';
import type { IdleLock } from './idle-lock.ts';
import type { Keepers } from './keepers.ts';
import type { Person } from './machine.ts';
import type { Presence } from './presence.ts';

/** What a method may use. `turn` runs work on the machine between two slots, where `needs` ms are left. */
export interface Scene {
  readonly person: Person;
  readonly hub: EventHub;
  readonly presence: Presence;
  readonly idle: IdleLock;
  readonly admission: Admission;
  readonly pictures: PicturePort;
  readonly keepers: Keepers;
  /** Of this profile's files; opened when they are first asked for. */
  cells(): Promise<FileCells>;
  turn<T>(work: (now: number) => T, needs?: number): Promise<T>;
}

/** Answered by the daemon itself, whatever the state of the profile. */
export type OwnMethod =
  | 'status'
  | 'profile.create'
  | 'profile.unlock'
  | 'profile.lock'
  | 'profile.reseal'
  | 'vault.add'
  | 'vault.duress'
  | 'profile.salvage'
  | 'profile.wipe'
  | 'backup.test'
  | 'backup.restore'
  | 'window.open'
  | 'daemon.stop';

export type Handlers = {
  readonly [M in Exclude<MethodName, OwnMethod>]: (
    scene: Scene,
    params: ParamsOf<M>,
    caller: Caller,
  ) => Promise<ResultOf<M>>;
};

/** The handlers of one file of the api's `methods/`. */
export type HandlersOf<T> = Pick<Handlers, Extract<keyof T, keyof Handlers>>;
