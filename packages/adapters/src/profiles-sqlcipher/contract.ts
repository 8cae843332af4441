/** What a profile on disk is opened with, and what an open one can do. */
import type { Millis, Rng } from '@tacet/base';
import type { FileCells, ProfileStore } from '@tacet/client';
import type { Argon2Cost } from '@tacet/crypto';
import type { ProfileSecret } from './header.ts';
import type { ProfileSnapshot, SnapshotFile } from './snapshot.ts';

/** This profile, another one, or none. */
export type Opens = 'this' | 'another' | 'nothing';

/** Runs a piece of work where nothing else is held up by it. */
export type InTurn = <T>(work: () => T | Promise<T>) => Promise<T>;

export interface ProfileOptions extends ProfileSecret {
  /** The profile's folder. */
  readonly dir: string;
  /** Tests only: a header opens under the cost it was made with, and stores it nowhere. */
  readonly cost?: Argon2Cost;
  readonly rng?: Rng;
  /** Runs what may hold everything up for tens of milliseconds when a profile is opened; not given: at once. */
  readonly inTurn?: InTurn;
  /** Tests only: the slot of a new profile, which is otherwise chosen by lot. */
  readonly slot?: number;
  /** Tests only: milliseconds in whose multiples a passphrase is answered. */
  readonly answerStep?: number;
  /** Tests only: pages of the first step. */
  readonly first?: number;
}

/** Copies of the database kept beside it (docs/spec/10-store.md, 10). One call at a time. Throw `profile-closed`. */
export interface RollingCopies {
  /** Of what moments there are any, the newest first. */
  kept(): Promise<readonly Millis[]>;
  /** Whether one is to be made. */
  due(now: Millis): Promise<boolean>;
  /** Destroys what has had its days. */
  expire(now: Millis): Promise<void>;
  /**
   * Makes one, if it is due: all but one of those there are stay whole, whatever ends it. Throws `disk-full`,
   * `rolling-room`, `rolling-ended`, `profile-unreadable` for damage, before anything is given up.
   */
  make(request: RollingRequest): Promise<void>;
}

export interface RollingRequest {
  /** Of a snapshot that is held meanwhile. */
  readonly data: SnapshotFile;
  readonly at: Millis;
  /** Does half a millisecond of a processor's work where there is room for it. */
  readonly turn: <T>(piece: () => T) => Promise<T>;
  readonly signal: AbortSignal;
}

export interface OpenProfile {
  readonly store: ProfileStore;
  /** Days since the epoch. */
  readonly createdDay: number;
  /** What the secret opens in this vault: asked again after a lock. One that destroys has done so. */
  opens(secret: ProfileSecret): Promise<Opens>;
  /** Seals the header anew. Throws `passphrase-wrong` when `current` does not open it. */
  changeSecret(current: ProfileSecret, next: ProfileSecret): Promise<void>;
  /**
   * Another profile in a slot of its own. The slot is chosen by lot among those that neither this profile
   * nor what `keep` opens has: one that nobody named is lost. `prepare` fills it before anything opens it.
   * Throws `passphrase-wrong` for one of `keep` that opens nothing, `passphrase-used`, `vault-full`.
   */
  addProfile(
    secret: ProfileSecret,
    keep: readonly ProfileSecret[],
    prepare: (store: ProfileStore) => Promise<void>,
  ): Promise<void>;
  /** A passphrase that opens this profile once it has destroyed every other one. Slot and errors as above. */
  addDuress(secret: ProfileSecret, keep: readonly ProfileSecret[]): Promise<void>;
  /** Bytes left on its disk for this slot. Throws `profile-storage-failed`. */
  room(): number;
  /** Where bytes of files lie; made when they are first asked for. */
  cells(): Promise<FileCells>;
  /**
   * Resolves when every page was looked over, or the profile closed before; throws `profile-unreadable` for
   * damage that the opening did not meet, `profile-storage-failed`. Nobody may go on with such a store.
   */
  checked(): Promise<void>;
  /**
   * One moment of the profile, for a backup; whoever asked releases it. Throws `profile-closed`, `snapshot-held`.
   * @param withFiles also the cells
   */
  snapshot(withFiles: boolean): Promise<ProfileSnapshot>;
  readonly rolling: RollingCopies;
  /** Closes the store and lets the profile go, at rest; the same as `store.close()`. Twice is fine. */
  close(): void;
  /** The same, a few milliseconds at a time. */
  closeInTurns(inTurn: InTurn): Promise<void>;
}
