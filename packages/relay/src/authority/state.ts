/**
 * What an authority keeps on disk: its newest documents, so that a restart goes on with the same
 * chain; for what it voted and signed, so that it never does so twice; and the descriptors it has.
 *   version u8 = 1 | voted u64 | signed u64 | documents | descriptors | pending
 *   voted: 0, or (epoch << 16 | attempt) + 1; signed: 0, or epoch + 1;
 *   each list: count u16 | count x (length u32 | bytes); at the end hash('authority-state', all before) 32
 */
import { AppError, ByteReader, ByteWriter, concat, equalBytes } from '@tacet/base';
import { hash } from '@tacet/crypto';

/** The newest epoch and attempt voted for, and the newest epoch whose document was signed. */
export interface Memory {
  readonly voted: { readonly epoch: number; readonly attempt: number } | null;
  readonly signed: number | null;
  /** That document's body with this authority's signature, as long as it may be of use. */
  readonly pending: Uint8Array | null;
}

export interface AuthorityState extends Memory {
  /** Published bytes, newest first. */
  readonly documents: readonly Uint8Array[];
  readonly descriptors: readonly Uint8Array[];
}

const VERSION = 1;
const ATTEMPTS = 0x1_0000;
const HEAD = 1 + 8 + 8;
const SUM = 32;

export function encodeState(state: AuthorityState): Uint8Array {
  const pending = state.pending === null ? [] : [state.pending];
  const lists = [state.documents, state.descriptors, pending];
  const size = lists.flat().reduce((sum, bytes) => sum + 4 + bytes.length, HEAD + 2 * lists.length);
  const { voted, signed } = state;
  const writer = new ByteWriter(size)
    .u8(VERSION)
    .u64(voted === null ? 0 : voted.epoch * ATTEMPTS + voted.attempt + 1)
    .u64(signed === null ? 0 : signed + 1);
  for (const list of lists) {
    writer.u16(list.length);
    for (const bytes of list) writer.u32(bytes.length).put(bytes);
  }
  const body = writer.done();
  return concat(body, hash('authority-state', body));
}

function readList(reader: ByteReader): Uint8Array[] {
  return Array.from({ length: reader.u16() }, () => reader.copy(reader.u32()));
}

/** Throws `authority-state`: an authority that forgot what it signed must not sign again. */
export function decodeState(bytes: Uint8Array): AuthorityState {
  try {
    const body = bytes.subarray(0, -SUM);
    if (!equalBytes(hash('authority-state', body), bytes.subarray(-SUM))) {
      throw new RangeError('sum');
    }
    const reader = new ByteReader(body, 'authority state');
    if (reader.u8() !== VERSION) throw new RangeError('version');
    const voted = reader.u64();
    const signed = reader.u64();
    const documents = readList(reader);
    const descriptors = readList(reader);
    const [pending = null, ...more] = readList(reader);
    if (more.length > 0) throw new RangeError('pending');
    reader.end();
    return {
      voted:
        voted === 0
          ? null
          : { epoch: Math.floor((voted - 1) / ATTEMPTS), attempt: (voted - 1) % ATTEMPTS },
      signed: signed === 0 ? null : signed - 1,
      pending,
      documents,
      descriptors,
    };
  } catch (cause) {
    throw badState(cause);
  }
}

export function badState(cause?: unknown): AppError {
  return new AppError(
    'authority-state',
    'storage',
    "the authority's state cannot be read; restore it from a copy",
    { cause },
  );
}
