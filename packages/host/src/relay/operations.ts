/**
 * What an operator may ask of a running process through its admin socket: how it is, and to leave,
 * to stay, to read its lists again. Nothing here is about a person, box or message.
 */
import type { Millis } from '@tacet/base';

export interface OperatorStatus {
  readonly role: 'mix' | 'edge' | 'authority';
  /** 1, 2 or 3 for a mix, else 0. */
  readonly layer: number;
  /** Identity hash in hex: of a relay, or of an authority. */
  readonly identity: string;
  readonly epoch: number;
  /** Of the newest document, or null before the first. */
  readonly document: {
    readonly epoch: number;
    readonly hash: string;
    readonly publishedAt: Millis;
    /** First moment at which it is no longer valid. */
    readonly validUntil: Millis;
    readonly relays: number;
    /** This relay stands in it; false for an authority. */
    readonly listed: boolean;
  } | null;
  /** What each authority said of the last descriptor; empty for an authority. */
  readonly descriptor: readonly string[];
  /** Links to other relays; null for an authority. */
  readonly links: {
    readonly up: number;
    readonly wanted: number;
    readonly sources: number;
    readonly targets: number;
  } | null;
  readonly leaving: Leaving | null;
  /** Last moment of the link certificate; null for an authority. */
  readonly linkNotAfter: Millis | null;
  /** A change of the link key is under way: documents do not name the next one yet. */
  readonly newLinkKey: boolean;
  /** Relays admitted; null for a relay. */
  readonly admitted: number | null;
}

export interface Leaving {
  /** Nothing depends on this relay any more: it can be stopped. */
  readonly free: boolean;
  /** When that is so, as far as documents known now tell; null while the newest still lists it. */
  readonly freeAt: Millis | null;
}

export interface Operations {
  status(): OperatorStatus;
  /** Says in its descriptor that it leaves, or that it stays. @throws `drain-authority` */
  leave(leaving: boolean): void;
  /** Reads again what may change while it runs: an authority's list of relays. */
  reload(): void;
}
