/**
 * Bytes of heads and lists (docs/spec/20-recovery.md, 2). Reads what a key opened: a complete value or
 * `malformed`.
 */
import { AppError, ByteReader, ByteWriter, type Rng, randomBytes } from '@tacet/base';
import { BOX_OVERHEAD, hashKeyed, openBox, sealBox, wipe } from '@tacet/crypto';
import {
  BACKUP_VERSION,
  HEAD_BYTES,
  ID_BYTES,
  KEY_BYTES,
  LEAST_PIECES,
  MAX_LIST_PIECES,
  NONCE_BYTES,
  PIECE_BYTES,
  SALT_BYTES,
} from './limits.ts';

/** Where a piece is and what opens it. */
export interface PieceRef {
  readonly id: Uint8Array;
  readonly key: Uint8Array;
}

/** A piece of a body, with what tells whether its bytes are still the same. */
export interface BodyPiece extends PieceRef {
  readonly sum: Uint8Array;
}

/** What a head says. Whoever has one wipes `databaseKey`. */
export interface Head {
  /** Of this backup, from 1. */
  readonly number: number;
  readonly at: number;
  readonly dataBytes: number;
  readonly cellsBytes: number;
  readonly withFiles: boolean;
  readonly databaseKey: Uint8Array;
  readonly filling: number;
  readonly list: readonly PieceRef[];
}

export interface List {
  readonly data: readonly BodyPiece[];
  readonly cells: readonly BodyPiece[];
  /** Ids of pieces that hold nothing. */
  readonly filling: readonly Uint8Array[];
}

const PLAIN_BYTES = HEAD_BYTES - SALT_BYTES - NONCE_BYTES - BOX_OVERHEAD;
const REF_BYTES = ID_BYTES + KEY_BYTES;
const ENTRY_BYTES = REF_BYTES + KEY_BYTES;
const FIXED_BYTES = 73;

/** @param root 32 bytes, of the phrase and this salt */
export function sealHead(root: Uint8Array, salt: Uint8Array, head: Head, rng: Rng): Uint8Array {
  const used = FIXED_BYTES + head.list.length * REF_BYTES;
  const plain = new ByteWriter(PLAIN_BYTES)
    .u16(BACKUP_VERSION)
    .u64(head.number)
    .u64(head.at)
    .u64(head.dataBytes)
    .u64(head.cellsBytes)
    .u8(head.withFiles ? 1 : 0)
    .put(head.databaseKey)
    .u32(head.filling)
    .u16(head.list.length);
  for (const { id, key } of head.list) plain.put(id).put(key);
  const bytes = plain.skip(PLAIN_BYTES - used).done();
  const nonce = randomBytes(rng, NONCE_BYTES);
  const key = headKey(root);
  try {
    const sealed = sealBox(key, nonce, bytes, salt);
    return new ByteWriter(HEAD_BYTES).put(salt).put(nonce).put(sealed).done();
  } finally {
    wipe(bytes, key);
  }
}

/** Null for what this root does not open; throws `backup-newer-form`, `malformed`. */
export function openHead(root: Uint8Array, bytes: Uint8Array): Head | null {
  const salt = bytes.subarray(0, SALT_BYTES);
  const nonce = bytes.subarray(SALT_BYTES, SALT_BYTES + NONCE_BYTES);
  const key = headKey(root);
  const plain = openBox(key, nonce, bytes.subarray(SALT_BYTES + NONCE_BYTES), salt);
  wipe(key);
  if (plain === null) return null;
  try {
    return readHead(plain);
  } finally {
    wipe(plain);
  }
}

function headKey(root: Uint8Array): Uint8Array {
  return hashKeyed(root, 'backup-head', KEY_BYTES);
}

function readHead(plain: Uint8Array): Head {
  const reader = new ByteReader(plain, 'backup head');
  const version = reader.u16();
  if (version > BACKUP_VERSION) {
    const message = 'a newer version of Tacet made this backup; update Tacet to read it';
    throw new AppError('backup-newer-form', 'state', message);
  }
  const [number, at, dataBytes, cellsBytes] = [
    reader.u64(),
    reader.u64(),
    reader.u64(),
    reader.u64(),
  ];
  const withFiles = reader.u8();
  const databaseKey = reader.copy(KEY_BYTES);
  const filling = reader.u32();
  const count = reader.u16();
  const holds =
    version === BACKUP_VERSION &&
    number > 0 &&
    dataBytes > 0 &&
    dataBytes % 4_096 === 0 &&
    cellsBytes % PIECE_BYTES === 0 &&
    withFiles <= 1 &&
    count <= MAX_LIST_PIECES;
  if (!holds) throw new AppError('malformed', 'input', 'malformed backup head');
  const list = Array.from({ length: count }, () => ({
    id: reader.copy(ID_BYTES),
    key: reader.copy(KEY_BYTES),
  }));
  reader.zeros(PLAIN_BYTES - FIXED_BYTES - count * REF_BYTES);
  reader.end();
  const head = { number, at, dataBytes, cellsBytes, withFiles: withFiles === 1, databaseKey };
  const whole = { ...head, filling, list };
  if (pieces(listBytes(whole)) !== count) {
    throw new AppError('malformed', 'input', 'malformed backup head');
  }
  return whole;
}

export function encodeList({ data, cells, filling }: List): Uint8Array {
  const length = (data.length + cells.length) * ENTRY_BYTES + filling.length * ID_BYTES;
  const out = new ByteWriter(length);
  for (const { id, key, sum } of [...data, ...cells]) out.put(id).put(key).put(sum);
  for (const id of filling) out.put(id);
  return out.done();
}

/** @param bytes as many as `listBytes` says, with zeros behind them */
export function decodeList(head: Head, bytes: Uint8Array): List {
  const reader = new ByteReader(bytes, 'backup list');
  const entries = (n: number) =>
    Array.from({ length: n }, () => ({
      id: reader.copy(ID_BYTES),
      key: reader.copy(KEY_BYTES),
      sum: reader.copy(KEY_BYTES),
    }));
  const data = entries(pieces(head.dataBytes));
  const cells = entries(pieces(head.cellsBytes));
  const filling = Array.from({ length: head.filling }, () => reader.copy(ID_BYTES));
  reader.zeros(reader.remaining);
  return { data, cells, filling };
}

export function listBytes({
  dataBytes,
  cellsBytes,
  filling,
}: Pick<Head, 'dataBytes' | 'cellsBytes' | 'filling'>): number {
  return (pieces(dataBytes) + pieces(cellsBytes)) * ENTRY_BYTES + filling * ID_BYTES;
}

/** Pieces that hold so many bytes. */
export function pieces(bytes: number): number {
  return Math.ceil(bytes / PIECE_BYTES);
}

/** Pieces a folder has that must hold so many at least: 64, 96, 144, ... */
export function stepFor(needed: number): number {
  let step = LEAST_PIECES;
  while (step < needed) step = Math.ceil(step * 1.5);
  return step;
}
