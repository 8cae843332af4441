/** What the daemon needs around it. The program wires the real ones, tests their own. */

import type {
  InTurn,
  Opens,
  ProfileSnapshot,
  RestoreSource,
  RollingCopies,
  Salvaged,
  SalvageOptions,
} from '@tacet/adapters/profiles-sqlcipher';
import type { Clock, Millis, Rng, Sensitive } from '@tacet/base';
import type { FileCells, ProfileStore } from '@tacet/client';
import type { RelayHash } from '@tacet/directory';
import type { DownFrame, Hello, UpFrame, Welcome } from '@tacet/wire';

/** An open link to an edge: TLS, one message a frame. */
export interface EdgeLink {
  readonly welcome: Welcome;
  send(frame: UpFrame): void;
  onDown(listener: (frame: DownFrame) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

export interface DialTarget {
  readonly address: string;
  readonly relay: RelayHash;
  readonly hello: Hello;
  /** SOCKS server to go through, never around; empty: directly. */
  readonly socks: string;
}

export type Dial = (target: DialTarget) => Promise<EdgeLink>;

/** What happened, in words without names: a stable code, and where in our code. */
export interface Log {
  warn(code: string): void;
  error(code: string, cause?: unknown): void;
}

export type ProfileSecret =
  | { readonly kind: 'passphrase'; readonly passphrase: Sensitive<string> }
  | { readonly kind: 'keychain' };

/** An opened profile, as far as the daemon itself is concerned. */
export interface Opened {
  /** Resolves when all of it was looked over; throws `profile-unreadable`, `profile-storage-failed`. */
  checked(): Promise<void>;
  checkpoint(): void;
  /** Where the bytes of its files lie; made when they are first asked for. */
  cells(): Promise<FileCells>;
  /** One moment of it, for a backup; whoever asked releases it. */
  snapshot(withFiles: boolean): Promise<ProfileSnapshot>;
  /** Copies of it kept beside it. */
  readonly rolling: RollingCopies;
  /**
   * What the secret opens in this vault: this profile, another one, or nothing. Windows ask again after a lock.
   * A secret that destroys has done so.
   */
  opens(secret: ProfileSecret): Promise<Opens>;
  /** Another secret opens it from now on. Throws `passphrase-wrong` when `current` does not open it. */
  reseal(current: ProfileSecret, next: ProfileSecret): Promise<void>;
  /**
   * Another profile in a vault slot of its own, filled before anything opens it. What neither this one nor any
   * of `keep` opens may be lost. Throws `passphrase-wrong` for one of `keep`, `passphrase-used`, `vault-full`.
   */
  addProfile(
    secret: ProfileSecret,
    keep: readonly ProfileSecret[],
    prepare: (store: ProfileStore) => Promise<void>,
  ): Promise<void>;
  /** A secret that opens this profile once it has destroyed every other one. */
  addDuress(secret: ProfileSecret, keep: readonly ProfileSecret[]): Promise<void>;
  close(): void;
  /** The same, a few milliseconds at a time. */
  closeInTurns(inTurn: InTurn): Promise<void>;
}

export type { InTurn };

/** One profile on disk. Every failure leaves it as it was found. */
export interface ProfileVault<Store extends Opened> {
  exists(): boolean;
  create(secret: ProfileSecret): Promise<Store>;
  /**
   * Throws `passphrase-wrong`, `profile-newer`, `profile-unreadable`, `profile-in-use`.
   * @param inTurn runs the part that holds everything up for tens of milliseconds; not given: at once
   */
  open(secret: ProfileSecret, inTurn?: InTurn): Promise<Store>;
  /**
   * A profile from a backup, where there is none; `prepare` runs before it is one. Throws
   * `profile-exists`, `profile-unreadable`, `disk-full`, and what the source throws.
   */
  restore(
    secret: ProfileSecret,
    source: RestoreSource,
    prepare: (store: ProfileStore) => void,
  ): Promise<void>;
  /**
   * A profile from what can be read of a damaged one in another folder, which stays as it is. Throws as
   * `restore`, and `profile-missing`, `profile-in-use`, `passphrase-wrong` for that one.
   */
  salvage(
    secret: ProfileSecret,
    from: { readonly dir: string; readonly secret: ProfileSecret },
    work: Pick<SalvageOptions, 'tables' | 'mend' | 'prepare'>,
  ): Promise<Salvaged>;
  /** Removes what `create` just made, when it could not be filled. */
  discard(): void;
  /** Overwrites all that could open it, open or not. Throws what failed after trying everything. */
  erase(): void;
  /** Removes what is left, once its store is closed. */
  remove(): Promise<KeychainLeft>;
}

/** What became of a wiped profile's entry in the keychain: `unknown` when it could not be asked. */
export type KeychainLeft = 'removed' | 'none' | 'unknown';

export interface Environment {
  readonly clock: Clock & { check(): Millis };
  readonly rng: Rng;
  readonly log: Log;
}
