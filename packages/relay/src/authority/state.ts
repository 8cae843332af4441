/**
 * What an authority keeps on disk: its newest documents, so that a restart goes on with the same
 * chain and never signs a second document for an epoch, and the descriptors it has.
 *   version u8 = 1 | documents | descriptors; each: count u16 | count x (length u32 | bytes)
 */
import { AppError, ByteReader, ByteWriter } from '@tacet/base';

export interface AuthorityState {
  /** Published bytes, newest first. */
  readonly documents: readonly Uint8Array[];
  readonly descriptors: readonly Uint8Array[];
}

const VERSION = 1;

export function encodeState(state: AuthorityState): Uint8Array {
  const lists = [state.documents, state.descriptors];
  const size = lists.flat().reduce((sum, bytes) => sum + 4 + bytes.length, 1 + 2 * lists.length);
  const writer = new ByteWriter(size).u8(VERSION);
  for (const list of lists) {
    writer.u16(list.length);
    for (const bytes of list) writer.u32(bytes.length).put(bytes);
  }
  return writer.done();
}

function readList(reader: ByteReader): Uint8Array[] {
  return Array.from({ length: reader.u16() }, () => reader.copy(reader.u32()));
}

/** Throws `authority-state`: an authority that forgot what it signed must not sign again. */
export function decodeState(bytes: Uint8Array): AuthorityState {
  try {
    const reader = new ByteReader(bytes, 'authority state');
    if (reader.u8() !== VERSION) throw new RangeError('version');
    const documents = readList(reader);
    const descriptors = readList(reader);
    reader.end();
    return { documents, descriptors };
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
