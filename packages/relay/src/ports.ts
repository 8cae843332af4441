/**
 * What a relay needs from outside. Adapters implement the ports; `acceptance/` holds the suite
 * each implementation must pass. Machines emit effects and take results, they never await.
 */
import type { Millis } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import type { Frame } from '@tacet/onion';
import type { BoxId, BoxRecord, DownFrame, Mark, SignedDigest } from '@tacet/wire';

/**
 * A write-once store of boxes. Every method settles only when its effect is durable. Nothing in
 * a store may say in which order, or when, boxes came, beyond their day.
 */
export interface BoxStore {
  /**
   * First valid write wins; the same bytes again are `same`; other bytes are `taken`. With no
   * expiry day nothing new is stored: what would have been is `refused`.
   */
  put(box: StoredBox): Promise<PutResult>;
  /** The records are the caller's own, who overwrites them. */
  get(marks: readonly Mark[]): Promise<readonly (BoxRecord | null)[]>;
  /**
   * Marks a box for erasure by the first `expire` of `effectDay` or later; until then nothing
   * changes. Unknown ids, and boxes marked before, are left as they are.
   */
  tombstone(mark: Mark, id: BoxId, effectDay: number): Promise<void>;
  /** Drops boxes whose day has come and erases records whose tombstone is due; a UTC day. */
  expire(today: number): Promise<void>;
  /** Boxes that take room now; erased ones may count until their day. */
  count(): Promise<number>;
  close(): Promise<void>;
}

export type PutResult =
  /** `expiryDay` is the box's own: of the first write, whatever a later one says. */
  | { readonly outcome: 'stored' | 'same'; readonly expiryDay: number }
  | { readonly outcome: 'taken' | 'refused' };

export interface StoredBox {
  readonly mark: Mark;
  readonly id: BoxId;
  readonly record: BoxRecord;
  /** First day on which the box is gone; null when there is no room for a new one. */
  readonly expiryDay: number | null;
}

/** Names a client connection inside one relay process; never leaves it. */
export type LinkHandle = number;

export type StoreCommand =
  | { readonly kind: 'put'; readonly box: StoredBox }
  | { readonly kind: 'get'; readonly marks: readonly Mark[] }
  | {
      readonly kind: 'tombstone';
      readonly mark: Mark;
      readonly id: BoxId;
      readonly effectDay: number;
    }
  | { readonly kind: 'expire'; readonly today: number }
  | { readonly kind: 'count' };

export type StoreResult =
  | { readonly kind: 'put'; readonly result: PutResult }
  | { readonly kind: 'get'; readonly records: readonly (BoxRecord | null)[] }
  | { readonly kind: 'tombstone' }
  | { readonly kind: 'expire' }
  | { readonly kind: 'count'; readonly count: number }
  /** Disk full, store broken: the request is answered `refused`. */
  | { readonly kind: 'failed' };

/** What a relay machine asks its host to do. */
export type RelayEffect =
  | {
      readonly kind: 'send';
      readonly to: RelayHash;
      readonly packet: Frame;
      /** When it was to leave, where somebody measures that. */
      readonly due?: Millis;
    }
  | {
      readonly kind: 'down';
      readonly link: LinkHandle;
      readonly frame: DownFrame;
      /** As with `send`. */
      readonly due?: Millis;
    }
  /** Nothing is to be read from that link for so long: its client sends too fast. */
  | { readonly kind: 'hold'; readonly link: LinkHandle; readonly forMs: Millis }
  | { readonly kind: 'digest'; readonly to: RelayHash; readonly digest: SignedDigest }
  | { readonly kind: 'store'; readonly token: number; readonly command: StoreCommand }
  | { readonly kind: 'close'; readonly link: LinkHandle; readonly reason: CloseReason };

export type CloseReason = 'protocol' | 'join-secret' | 'resumed-elsewhere' | 'shutdown';

/** Every machine is driven the same way: inputs as methods, then effects and a next deadline. */
export interface Machine<Effect> {
  /** The next time `advance` wants to be called, or null. */
  deadline(): Millis | null;
  /** Does what is due at `now`. */
  advance(now: Millis): void;
  /**
   * The clock of these times was set and shows `by` more, or less, than it would have; `now` is
   * by the clock as it is set. Called before anything else by that clock.
   */
  onClockStep?(by: Millis, now: Millis): void;
  /** Takes the effects since the last call, in order. */
  drain(): readonly Effect[];
}
