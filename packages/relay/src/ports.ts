/**
 * What a relay needs from outside. Adapters implement the ports; `acceptance/` holds the suite
 * each implementation must pass. Machines emit effects and take results, they never await.
 */
import type { Millis } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import type { Frame } from '@tacet/onion';
import type { BoxId, BoxRecord, DownFrame, Mark, SignedDigest } from '@tacet/wire';

/** A write-once store of boxes. Every method settles only when its effect is durable. */
export interface BoxStore {
  /** First valid write wins; the same bytes again are `same`; other bytes are `taken`. */
  put(box: StoredBox): Promise<'stored' | 'same' | 'taken'>;
  get(marks: readonly Mark[]): Promise<readonly (BoxRecord | null)[]>;
  /** Marks a box for erasure at the next `expire`; unknown ids are ignored. */
  tombstone(mark: Mark, id: BoxId): Promise<void>;
  /** Drops boxes whose day has come and erases tombstoned records; `today` is a UTC day. */
  expire(today: number): Promise<void>;
  /** Boxes held now. */
  count(): Promise<number>;
  close(): Promise<void>;
}

export interface StoredBox {
  readonly mark: Mark;
  readonly id: BoxId;
  readonly record: BoxRecord;
  /** First day on which the box is gone. */
  readonly expiryDay: number;
}

/** Names a client connection inside one relay process; never leaves it. */
export type LinkHandle = number;

export type StoreCommand =
  | { readonly kind: 'put'; readonly box: StoredBox }
  | { readonly kind: 'get'; readonly marks: readonly Mark[] }
  | { readonly kind: 'tombstone'; readonly mark: Mark; readonly id: BoxId }
  | { readonly kind: 'expire'; readonly today: number };

export type StoreResult =
  | { readonly kind: 'put'; readonly outcome: 'stored' | 'same' | 'taken' }
  | { readonly kind: 'get'; readonly records: readonly (BoxRecord | null)[] }
  | { readonly kind: 'tombstone' }
  | { readonly kind: 'expire' }
  /** Disk full, store broken: the request is answered `refused`. */
  | { readonly kind: 'failed' };

/** What a relay machine asks its host to do. */
export type RelayEffect =
  | { readonly kind: 'send'; readonly to: RelayHash; readonly packet: Frame }
  | { readonly kind: 'down'; readonly link: LinkHandle; readonly frame: DownFrame }
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
  /** Takes the effects since the last call, in order. */
  drain(): Effect[];
}
