/** Map keys for short byte strings: latin-1 strings compare fast and hold any byte. */

export function keyOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
