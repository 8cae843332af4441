/**
 * Node's primitives return `Buffer`, whose `slice` is a view and not a copy. Nothing of that kind
 * leaves this package: results are plain Uint8Arrays over the same memory.
 */
export function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
