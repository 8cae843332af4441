/** What a client is given when it is opened, and what it asks of its host. */
import type { Millis, Rng } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import type { PacketBuilder } from '@tacet/onion';
import type { Hello, UpFrame } from '@tacet/wire';
import type { CellJob } from './files/cell-jobs.ts';
import type { PublicChecks } from './network/checks.ts';
import type { LinkEffect, RequestFacts } from './network/link.ts';
import type { ProfileStore } from './ports.ts';
import type { SessionJob } from './sessions/jobs.ts';
import type { FaultReason } from './status/faults.ts';
import type { ClientEvent } from './views.ts';

export interface ClientOptions {
  readonly store: ProfileStore;
  readonly builder: PacketBuilder;
  readonly rng: Rng;
  /** Bytes left on the disk of the store; not given: without end. */
  readonly room?: () => number;
  /** Given where many clients share a process, and what one worked out need not be worked out again. */
  readonly checks?: PublicChecks;
  /** Hears of every request before it leaves. For measurements only. */
  readonly onRequest?: (facts: RequestFacts) => void;
}

export type ClientEffect =
  | {
      readonly kind: 'dial';
      readonly address: string;
      readonly relay: RelayHash;
      readonly hello: Hello;
      /** SOCKS server to go through; empty: directly. */
      readonly socks: string;
    }
  /** The link ends after so long; until then nothing is sent on it, and what comes is taken. */
  | { readonly kind: 'hangup'; readonly lingerMs: Millis }
  | { readonly kind: 'up'; readonly frame: UpFrame }
  | { readonly kind: 'event'; readonly event: ClientEvent }
  | { readonly kind: 'session'; readonly job: SessionJob }
  | { readonly kind: 'cells'; readonly job: CellJob }
  /** A mistake of ours was contained: for the log. */
  | { readonly kind: 'fault'; readonly code: FaultReason; readonly error: unknown };

/** What a link asks for, with the SOCKS server to go through. */
export function dialThrough(
  socks: string,
  { door, hello }: Extract<LinkEffect, { readonly kind: 'dial' }>,
): ClientEffect {
  return { kind: 'dial', address: door.address, relay: door.relay, hello, socks };
}
