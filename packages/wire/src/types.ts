/**
 * What stands inside frames (docs/spec/03-links.md, 05-boxes.md), decoded. Machines exchange
 * these values; codecs beside this file turn them into bytes at the link.
 */
import type { Bytes, Millis } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import type { Frame, ReplyId } from '@tacet/onion';

/** Ed25519 public key used for one box. Known to the two ends and, once written, to its edges. */
export type BoxId = Bytes<'BoxId'>;
/** First 8 bytes of BLAKE2b('mark' || id): a box's short name in digests and reads. */
export type Mark = Bytes<'Mark'>;
/** 2,400 bytes: id 32, signature 64, ciphertext 2,304. Opaque to relays but for the signature. */
export type BoxRecord = Bytes<'BoxRecord'>;

export type BoxRequest =
  | { readonly kind: 'put'; readonly record: BoxRecord }
  /** Exactly three marks of one edge. `waitMs` 0: answer at once; else a standing read. */
  | { readonly kind: 'get'; readonly marks: readonly [Mark, Mark, Mark]; readonly waitMs: Millis }
  /** Signed erasure; takes effect at the next day's drop. */
  | { readonly kind: 'tombstone'; readonly id: BoxId; readonly signature: Uint8Array };

export type BoxAnswer =
  /** `expiryDay`: first day (since the epoch, UTC) on which the box is gone. */
  | { readonly status: 'stored'; readonly expiryDay: number }
  | { readonly status: 'taken' }
  | { readonly status: 'refused' }
  /** Three records in the order asked; absent ones are random bytes, told apart by signature. */
  | { readonly status: 'read'; readonly records: readonly [Uint8Array, Uint8Array, Uint8Array] };

/** One edge's list of newly filled boxes. Every client of every edge gets the same bytes. */
export interface Digest {
  readonly edge: RelayHash;
  /** Counts this edge's digests: floor(time / digestMs). */
  readonly number: number;
  readonly previous: Uint8Array;
  /** Hash of each other edge's newest digest this edge has seen, sorted by edge. */
  readonly seen: readonly { readonly edge: RelayHash; readonly hash: Uint8Array }[];
  /** Real marks and random ones, sorted, a multiple of 64 in number. */
  readonly marks: readonly Mark[];
}

/** A signed digest as it travels, with its hash. */
export interface SignedDigest {
  readonly digest: Digest;
  readonly hash: Uint8Array;
  readonly bytes: Uint8Array;
}

/** What the broadcast field carries. `bytes` is signed by an edge or by the authorities. */
export interface BroadcastItem {
  readonly kind: 'digest' | 'document';
  readonly bytes: Uint8Array;
}

/** A frame from a client to its edge. `hello` opens a link; the rest stands in slots. */
export type UpFrame =
  | { readonly kind: 'packet'; readonly frame: Frame }
  /** Announces the up period this client keeps from now on: T or the in-use period. */
  | { readonly kind: 'rate'; readonly slotMs: Millis };

/** First thing on a client link, from the edge: whose key its TLS has. */
export interface Greeting {
  /** Canonical CBOR of the edge's identity and link certificate (directory). */
  readonly proof: Uint8Array;
}

/** The client's answer to a greeting whose proof holds; nothing of it goes to anybody else. */
export interface Hello {
  /** 16 bytes, or empty in an open network. */
  readonly joinSecret: Uint8Array;
  /** Handle of a lost connection to take up again, or 8 zero bytes. */
  readonly resume: Uint8Array;
  /** Up period; the edge takes the document's T for a value the document does not name. */
  readonly slotMs: Millis;
}

/** The edge's answer to `hello`; the grid starts after it. */
export interface Welcome {
  /** Of this connection, never zeros. */
  readonly handle: Uint8Array;
  /** Time at the edge, whole ms, for the client's clock check. */
  readonly now: Millis;
}

/** A frame from an edge to a client; one each half period, empty ones random. */
export interface DownFrame {
  /** Null in an empty frame. */
  readonly reply: { readonly replyId: ReplyId; readonly payload: Uint8Array } | null;
  /** 4,688 bytes, the same for all clients at the same place of the broadcast. */
  readonly broadcast: Uint8Array;
}

/** A frame between relays. */
export type RelayFrame =
  | { readonly kind: 'packet'; readonly frame: Frame }
  /** Edge to edge, on the digest clock: 4,688 bytes with cells of a signed digest. */
  | { readonly kind: 'digest'; readonly part: Uint8Array };
