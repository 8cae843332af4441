/** Handling of secret bytes: comparing without a timing trace, and forgetting. */
import sodium from 'sodium-native';

/** True when both have the same length and bytes; time depends on the length alone. */
export function equalSecret(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && sodium.sodium_memcmp(a, b);
}

/** Overwrites with zeros. Copies the engine made elsewhere are out of reach. */
export function wipe(...buffers: readonly Uint8Array[]): void {
  for (const buffer of buffers) buffer.fill(0);
}
