/**
 * One entry per profile: service `tacet`, account the profile's name, 32 random bytes. On Linux
 * only the Secret Service will do: the kernel keyring, which the library would fall back to, is
 * emptied at the next start of the machine, and the profile with it.
 */
import { AsyncEntry } from '@napi-rs/keyring';
import { AppError, Sensitive } from '@tacet/base';
import type { KeychainPort } from '@tacet/client';

/** What is used of the library's entry; tests bring their own. */
export interface KeychainEntry {
  getSecret(): Promise<ArrayLike<number> | null | undefined>;
  setSecret(secret: Uint8Array): Promise<unknown>;
  deleteCredential(): Promise<boolean>;
}

export type OpenEntry = (service: string, account: string) => KeychainEntry;

const SERVICE = 'tacet';
const SECRET_BYTES = 32;

export function createKeychain(open: OpenEntry = systemEntry): KeychainPort {
  return {
    async get(profile) {
      const kept = await asking(() => open(SERVICE, profile).getSecret());
      if (kept === null || kept === undefined) return null;
      const secret = Uint8Array.from(kept);
      if (Array.isArray(kept)) kept.fill(0);
      if (secret.length === SECRET_BYTES) return new Sensitive(secret);
      throw new AppError(
        'keychain-unreadable',
        'storage',
        'the entry of this profile in the keychain is not one of ours',
      );
    },

    async set(profile, secret) {
      if (secret.expose().length !== SECRET_BYTES) {
        throw new AppError('keychain-secret', 'bug', 'a keychain secret has 32 bytes');
      }
      // Some backends keep the buffer until they have answered.
      const copy = Uint8Array.from(secret.expose());
      try {
        await asking(() => open(SERVICE, profile).setSecret(copy));
      } finally {
        copy.fill(0);
      }
    },

    async remove(profile) {
      return asking(() => open(SERVICE, profile).deleteCredential());
    },
  };
}

function systemEntry(service: string, account: string): KeychainEntry {
  return new AsyncEntry(service, account, { linux: { store: 'secret-service' } });
}

async function asking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch {
    // The library's text may name the entry, so it is not kept as a cause.
    throw new AppError(
      'keychain-unavailable',
      'storage',
      'this machine has no keychain that answers; use a passphrase for the profile instead',
    );
  }
}
