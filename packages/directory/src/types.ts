/**
 * The public state of a network (docs/spec/06-directory.md): what a relay says of itself, what
 * the authorities sign, and what a card carries. All of it may appear on the wire, in stores and
 * in windows; nothing here is about users.
 */
import type { Bytes, Millis } from '@tacet/base';
import type { HybridPublicKey, HybridSignature, KemPublicKey } from '@tacet/crypto';
import type { DocumentHash } from '@tacet/onion';

/** BLAKE2b-256 of a relay's two identity keys: the relay's name for ever. */
export type RelayHash = Bytes<'RelayHash'>;
/** BLAKE2b-256 of an authority's two keys. */
export type AuthorityHash = Bytes<'AuthorityHash'>;
/** Labelled BLAKE2b-256 of a vote's body. */
export type VoteHash = Bytes<'VoteHash'>;
/** BLAKE2b-256 of name, authority hashes and threshold; part of every box signature. */
export type NetworkId = Bytes<'NetworkId'>;

/** A relay's statement that a TLS key is its own. `keyHash` is SHA-256 of the key's SPKI DER. */
export interface LinkCertificate {
  readonly keyHash: Uint8Array;
  readonly notAfter: Millis;
  readonly signature: HybridSignature;
}

export type Role = 'mix' | 'edge';

/** A relay's own loops of its last whole epoch, as far as `relay` was on their paths. */
export interface LoopReport {
  readonly relay: RelayHash;
  readonly sent: number;
  /** Of those, how many did not come back. */
  readonly lost: number;
}

export interface Descriptor {
  readonly identity: HybridPublicKey;
  readonly role: Role;
  /** 1, 2 or 3 for a mix, 0 for an edge. */
  readonly layer: number;
  /** Operator family, at most 32 bytes of UTF-8. */
  readonly family: string;
  /** Two capital letters, `ZZ` for unknown. */
  readonly country: string;
  /** `host:port` for other relays. */
  readonly relayAddress: string;
  /** `host:port` for clients; empty for a mix. */
  readonly clientAddress: string;
  readonly link: LinkCertificate;
  /** When the relay made this descriptor; an authority takes only newer ones than it has. */
  readonly issuedAt: Millis;
  /** Packet keys for `firstEpoch`, `firstEpoch` + 1, ... */
  readonly firstEpoch: number;
  readonly keys: readonly KemPublicKey[];
  /** Packets per second this relay is built for; sizes its replay set. */
  readonly capacity: number;
  /** Where the source of the running code is (AGPL), and its commit. */
  readonly sourceUrl: string;
  readonly sourceCommit: string;
  /**
   * Requests per 1,000 s that this mix unwrapped in its last whole epoch; 0: unknown, or an edge.
   */
  readonly requestRate: number;
  /** Ascending by relay. Authorities read them; in documents the list is empty. */
  readonly loops: readonly LoopReport[];
  /** Being drained: left out of documents as long as its layer has others. */
  readonly leaving: boolean;
}

/** All numbers a network chooses. Tests change rates here, never by a switch in code. */
export interface Parameters {
  readonly epochMs: Millis;
  /** K: epochs for which keys are published ahead. V: epochs a document stays valid. */
  readonly keysAhead: number;
  readonly validEpochs: number;
  /** Keys of e are accepted from start - grace to end + grace. */
  readonly graceMs: Millis;
  /** 1/mu, the mean of every mixing delay: in a document the one in force. */
  readonly delayMeanMs: Millis;
  /** P: packets a mix's pool should hold; authorities change `delayMeanMs` for it. 0: fixed. */
  readonly poolTarget: number;
  /** n_min: expected packets in a pool that a mix makes up for with loops. 0: none. */
  readonly poolFloor: number;
  /** T, and the up rate while a window is in use (Balanced). */
  readonly slotMs: Millis;
  readonly inUseSlotMs: Millis;
  /** The period of Transfer, and how long one block of it lasts. */
  readonly transferSlotMs: Millis;
  readonly transferBlockMs: Millis;
  readonly digestMs: Millis;
  /** Mean receipt pause: conversation in use, otherwise, Strong. */
  readonly receiptInUseMs: Millis;
  readonly receiptMs: Millis;
  readonly receiptStrongMs: Millis;
  /** Second copies are written U[min, max] after the first. */
  readonly secondCopyMinMs: Millis;
  readonly secondCopyMaxMs: Millis;
  /** Mean of a standing read's hold. */
  readonly holdMeanMs: Millis;
  /** Cover PUTs and client loops, per thousand idle slots / slots. */
  readonly coverPutPermille: number;
  readonly loopPermille: number;
  /** Mean wait before lost requests are tried again, once own loops come back after a failure. */
  readonly retryPauseMs: Millis;
  readonly boxLifeDays: number;
  /** False: `demonstration: no crowd`, shown wherever the network is named. */
  readonly crowd: boolean;
  /** Closed networks ask for the join secret of the card. */
  readonly closed: boolean;
}

/** A list of edges over which boxes are placed from `firstDay` on. */
export interface StoreGeneration {
  readonly firstDay: number;
  /** Sorted by hash; an edge stays listed after it has left the network. */
  readonly edges: readonly RelayHash[];
  /** Operator family of each edge when the list was made, so that placement never shifts. */
  readonly families: readonly string[];
  /** Country of each edge at that time. */
  readonly countries: readonly string[];
}

export interface Document {
  readonly networkName: string;
  readonly networkId: NetworkId;
  readonly epoch: number;
  /** Zero bytes in a network's first document. */
  readonly previous: DocumentHash;
  /**
   * When its signatures were published; decides what is in force (docs/spec/06-directory.md, 8).
   */
  readonly publishedAt: Millis;
  /**
   * In force from its own epoch at once: a network's first document, and one after a gap in
   * which no document was valid.
   */
  readonly immediate: boolean;
  readonly parameters: Parameters;
  /** A relay's index is its place here. Sorted by relay hash. */
  readonly relays: readonly Descriptor[];
  /** Newest first, at most 4. */
  readonly generations: readonly StoreGeneration[];
  /** Echo's reusable address, or empty. */
  readonly echo: Uint8Array;
  /** The newest signed release statement, opaque here, or empty. */
  readonly release: Uint8Array;
}

/** A document whose signatures were checked, with the encodings it came in. */
export interface VerifiedDocument {
  readonly document: Document;
  readonly hash: DocumentHash;
  /** Relay hashes by index. */
  readonly relayHashes: readonly RelayHash[];
  /** The signed bytes as published: what is relayed and stored. */
  readonly bytes: Uint8Array;
}

/** Who may sign documents. */
export interface AuthoritySet {
  readonly networkName: string;
  readonly authorities: readonly AuthorityHash[];
  readonly threshold: number;
}

/** A way into a network: file, QR or link of at most 600 characters. */
export interface NetworkCard extends AuthoritySet {
  readonly edges: readonly { readonly address: string; readonly relay: RelayHash }[];
  /** 16 bytes, or empty for an open network. */
  readonly joinSecret: Uint8Array;
}
