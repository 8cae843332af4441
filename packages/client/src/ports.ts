/**
 * What a person's client needs from outside: an encrypted database and ratchet sessions.
 * Adapters implement the ports; `acceptance/` holds the suites they must pass.
 */
import type { Sensitive } from '@tacet/base';

/** A value of a database column. Times are integers in ms, ids and keys are bytes. */
export type SqlValue = number | string | Uint8Array | null;
export type SqlRow = Readonly<Record<string, SqlValue>>;

/**
 * One profile's database, opened and decrypted (docs/spec/10-store.md). Synchronous, so that a
 * machine can save before it emits an effect. `transaction` commits durably (fsync) before it
 * returns, rolls back when `work` throws, and joins the outer one when nested. No transaction spans
 * an await.
 */
export interface ProfileStore {
  transaction<T>(work: () => T): T;
  /** Statements without parameters or results: migrations. */
  exec(sql: string): void;
  run(sql: string, ...params: SqlValue[]): { readonly changes: number; readonly rowId: number };
  get(sql: string, ...params: SqlValue[]): SqlRow | undefined;
  all(sql: string, ...params: SqlValue[]): readonly SqlRow[];
  /** Truncates the write-ahead log, so that deleted rows leave the disk. */
  checkpoint(): void;
  close(): void;
}

/** Keys and ratchets of one profile as the session adapter sees them: opaque records by name. */
export interface SessionRecords {
  get(key: string): Uint8Array | null;
}

/** Changes to commit in the same transaction as the message they belong to. Null removes. */
export type SessionWrites = ReadonlyMap<string, Uint8Array | null>;

/**
 * Ratchet sessions: PQXDH, Double Ratchet, SPQR (docs/spec/08-sessions.md). A functional door:
 * it reads records, returns results with writes, and keeps nothing. `peer` is a local name of
 * the contact and never leaves the device.
 */
export interface SessionPort {
  /** A new identity. Its 33-byte public key is `publicKey`. */
  createIdentity(): Promise<{ publicKey: Uint8Array; writes: SessionWrites }>;
  /** Prekeys for one invitation: the public bundle to publish, and its signed prekey (32 bytes). */
  createBundle(records: SessionRecords): Promise<BundleResult>;
  /** What a bundle says, checked: signatures verify. Throws `bundle-invalid`. */
  readBundle(bundle: Uint8Array): BundleInfo;
  /** X25519 of a bundle's signed prekey (private half here) with an ephemeral public key. */
  agree(records: SessionRecords, bundle: Uint8Array, ephemeral: Uint8Array): Uint8Array;
  /** Removes what is left of a bundle's private halves: invitation withdrawn or run out. */
  dropBundle(bundle: Uint8Array): SessionWrites;
  /** Removes session and known identity key of a peer: contact deleted. */
  dropPeer(peer: string): SessionWrites;
  /** Starts a session from a peer's bundle; the next `encrypt` makes the first message. */
  begin(records: SessionRecords, peer: string, bundle: Uint8Array): Promise<SessionWrites>;
  encrypt(
    records: SessionRecords,
    peer: string,
    plaintext: Uint8Array,
  ): Promise<{ ciphertext: Uint8Array; writes: SessionWrites }>;
  /**
   * Throws `session-duplicate` for a message seen before and `session-undecryptable` for one
   * that cannot be read now or ever. `identityKey` is the peer's 33-byte key.
   */
  decrypt(
    records: SessionRecords,
    peer: string,
    ciphertext: Uint8Array,
  ): Promise<{ plaintext: Uint8Array; identityKey: Uint8Array; writes: SessionWrites }>;
  /** Sixty digits, the same at both ends. Inputs: two 33-byte identity keys, two stable ids. */
  safetyNumber(own: SafetyParty, peer: SafetyParty): Promise<string>;
}

export interface SafetyParty {
  readonly identityKey: Uint8Array;
  readonly address: Uint8Array;
}

export interface BundleInfo {
  readonly identityKey: Uint8Array;
  /** X25519 public half of the signed prekey, 32 bytes. */
  readonly signedPrekey: Uint8Array;
}

export interface BundleResult extends BundleInfo {
  readonly bundle: Uint8Array;
  readonly writes: SessionWrites;
}

/**
 * Secrets kept by the operating system for a profile, in place of a passphrase. Everything
 * throws `keychain-unavailable` where the machine has no keychain or it is locked.
 */
export interface KeychainPort {
  /** The profile's 32 bytes, which the caller wipes, or null if none are kept. */
  get(profile: string): Promise<Sensitive<Uint8Array> | null>;
  /** Keeps no view of `secret`: the caller wipes it. */
  set(profile: string, secret: Sensitive<Uint8Array>): Promise<void>;
  /** True if there was one. */
  remove(profile: string): Promise<boolean>;
}

export interface PictureBudget {
  /** Bytes that a picture may have at most. */
  readonly bytes: number;
  /** Pixels of its longer side at most. */
  readonly side: number;
}

export interface RemadePicture {
  /** WebP. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
  /** ThumbHash, some 25 bytes. */
  readonly preview: Uint8Array;
}

/** Makes pictures anew from their pixels, apart from everything else (docs/spec/19-files.md, 7). */
export interface PicturePort {
  /**
   * Throws `picture-unreadable`, `picture-large`, `picture-slow`.
   * @param pieces of the file, in order, each with a buffer of its own, which is given away
   */
  remake(pieces: readonly Uint8Array<ArrayBuffer>[], budget: PictureBudget): Promise<RemadePicture>;
}

/** Whose bytes stand in a cell: bound to them, so that no cell passes for another. */
export interface CellPlace {
  /** 32 bytes, of one file. */
  readonly key: Uint8Array;
  /** Row of the file, and which 64 parts of its body. */
  readonly file: number;
  readonly block: number;
}

/**
 * Where the bytes of files lie (docs/spec/19-files.md, 5): numbered cells of 144,832 bytes, encrypted.
 * Which cell holds what is the caller's to know. Throws `disk-full` and `profile-storage-failed`.
 */
export interface FileCells {
  /** Throws `cell-unreadable` for a cell that is not there, damaged, or another's. */
  read(cell: number, place: CellPlace): Promise<Uint8Array>;
  /** On disk when it resolves. Cells up to it are made when they are not there. */
  write(cell: number, place: CellPlace, bytes: Uint8Array): Promise<void>;
  /** Random bytes in place of what they held. */
  erase(cells: readonly number[]): Promise<void>;
  close(): Promise<void>;
}
