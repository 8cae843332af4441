/** The profile on disk behind the daemon's port: SQLCipher files and the keychain. */
import {
  createProfile,
  eraseKeys,
  type OpenProfile,
  openProfile,
  profileExists,
  removeVault,
  restoreProfile,
  type ProfileSecret as VaultSecret,
} from '@tacet/adapters/profiles-sqlcipher';
import { AppError, isAppError, type Rng, randomBytes, Sensitive, utf8 } from '@tacet/base';
import type { KeychainPort, ProfileStore } from '@tacet/client';
import type { Opened, ProfileSecret, ProfileVault } from './ports.ts';

export interface OpenedVault extends Opened {
  readonly store: ProfileStore;
  /** Bytes left on its disk. */
  room(): number;
}

export interface VaultOptions {
  readonly dir: string;
  readonly keychain: KeychainPort;
  readonly rng: Rng;
}

const KEYCHAIN_BYTES = 32;

export function makeVault(options: VaultOptions): ProfileVault<OpenedVault> {
  const { dir, keychain, rng } = options;
  // Profiles of two homes may share a name; a folder is one profile's alone.
  const account = dir;

  async function resolve(secret: ProfileSecret): Promise<VaultSecret> {
    if (secret.kind === 'passphrase') return typed(secret.passphrase);
    const kept = await keychain.get(account);
    if (kept !== null) return { kind: 'keychain', secret: kept };
    throw new AppError(
      'keychain-empty',
      'missing',
      'the keychain holds nothing for this profile; use its passphrase',
    );
  }

  async function fresh(secret: ProfileSecret): Promise<VaultSecret> {
    if (secret.kind === 'passphrase') return typed(secret.passphrase);
    const made = new Sensitive(randomBytes(rng, KEYCHAIN_BYTES));
    await keychain.set(account, made);
    return { kind: 'keychain', secret: made };
  }

  const opened = (profile: OpenProfile): OpenedVault => ({
    store: profile.store,
    checkpoint: () => profile.store.checkpoint(),
    room: () => profile.room(),
    checked: () => profile.checked(),
    cells: () => profile.cells(),
    snapshot: (withFiles) => profile.snapshot(withFiles),
    verify: async (secret) => profile.verify(await resolve(secret)),
    reseal: (current, next) => reseal(profile, current, next),
    close: () => profile.close(),
  });

  async function reseal(
    profile: OpenProfile,
    current: ProfileSecret,
    next: ProfileSecret,
  ): Promise<void> {
    if (current.kind === 'keychain' && next.kind === 'keychain') {
      // A new entry would stand over the old one before the header is sealed under it.
      throw new AppError('keychain-already', 'usage', 'the keychain opens this profile already');
    }
    await profile.changeSecret(await resolve(current), await fresh(next));
    if (current.kind === 'keychain') await keychain.remove(account);
  }

  return {
    exists: () => profileExists(dir),
    create: async (secret) => opened(await createProfile({ dir, ...(await fresh(secret)) })),
    open: async (secret) => opened(await openProfile({ dir, ...(await resolve(secret)) })),
    async restore(secret, source, prepare) {
      if (profileExists(dir)) {
        // Before the keychain's entry of the one that is here is written over.
        throw new AppError('profile-exists', 'state', 'there is a profile here already');
      }
      const made = await fresh(secret);
      try {
        await restoreProfile({ dir, ...made, source, prepare });
      } catch (error) {
        if (secret.kind === 'keychain') await keychain.remove(account);
        throw error;
      }
    },
    discard: () => removeVault(dir),
    erase: () => eraseKeys(dir, rng),
    async remove() {
      removeVault(dir);
      try {
        return (await keychain.remove(account)) ? 'removed' : 'none';
      } catch (error) {
        // Many computers have no keychain. What one may hold opens nothing any more.
        if (isAppError(error)) return 'unknown';
        throw error;
      }
    },
  };
}

function typed(passphrase: Sensitive<string>): VaultSecret {
  return { kind: 'passphrase', secret: new Sensitive(utf8(passphrase.expose())) };
}
