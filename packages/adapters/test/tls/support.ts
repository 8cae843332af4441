import { generateKeyPairSync, randomFillSync } from 'node:crypto';
import type { Rng } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import { type LinkIdentity, makeCertificate } from '../../src/tls/certificate.ts';

export const rng: Rng = { fill: (out) => randomFillSync(out) };

export function identity(): LinkIdentity {
  return makeCertificate(generateKeyPairSync('ed25519').privateKey);
}

export function relayName(n: number): RelayHash {
  return new Uint8Array(32).fill(n) as RelayHash;
}

/** Waits until `holds`, at most five seconds of real time: sockets have no other clock. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 5_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`timed out: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
