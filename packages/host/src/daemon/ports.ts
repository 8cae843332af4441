/** What the daemon needs around it. The program wires the real ones, tests their own. */
import type { Clock, Millis, Rng, Sensitive } from '@tacet/base';
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

/** One profile on disk. `Opened` is what the adapter gives: a store and the way to close it. */
export interface ProfileVault<Opened> {
  exists(): boolean;
  /** Throws `profile-exists`. */
  create(secret: ProfileSecret): Promise<Opened>;
  /** Throws `profile-passphrase`, `profile-newer`, `profile-unreadable`, `profile-busy`. */
  open(secret: ProfileSecret): Promise<Opened>;
  /** Whether the secret opens this profile, while it is open. */
  verify(secret: ProfileSecret): Promise<boolean>;
}

export interface Environment {
  readonly clock: Clock & { check(): Millis };
  readonly rng: Rng;
  readonly log: Log;
}
