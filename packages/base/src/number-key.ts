/**
 * Map keys for marks, nonces and hashes: the first 53 bits as a number, several times cheaper
 * than text. Two values may share a key; whoever finds an entry compares the bytes.
 */
export function keyOf(bytes: Uint8Array, from = 0): number {
  const byte = (n: number): number => bytes[from + n] ?? 0;
  const high = ((byte(0) & 0x1f) << 16) | (byte(1) << 8) | byte(2);
  const low = (byte(3) << 24) | (byte(4) << 16) | (byte(5) << 8) | byte(6);
  return high * 0x1_0000_0000 + (low >>> 0);
}
