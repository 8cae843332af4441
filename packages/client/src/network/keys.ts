/**
 * Map keys for marks, nonces and hashes: the first 53 bits as a number, several times cheaper
 * than text. Two values may share a key; whoever finds an entry compares the bytes.
 */
export function keyOf(bytes: Uint8Array): number {
  const high = ((bytes[0] ?? 0) & 0x1f) * 0x1_0000 + ((bytes[1] ?? 0) << 8) + (bytes[2] ?? 0);
  const low =
    (((bytes[3] ?? 0) << 24) |
      ((bytes[4] ?? 0) << 16) |
      ((bytes[5] ?? 0) << 8) |
      (bytes[6] ?? 0)) >>>
    0;
  return high * 0x1_0000_0000 + low;
}
