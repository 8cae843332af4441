/** The profile on disk behind the daemon's port: SQLCipher files and the keychain. */
import {
  createProfile,
  eraseKeys,
  type OpenProfile,
  openProfile,
  profileExists,
  removeVault,
  type ProfileSecret as VaultSecret,
} from '@tacet/adapters/profiles-sqlcipher';
import { AppError, isAppError, type Rng, randomBytes, Sensitive, utf8 } from '@tacet/base';
import type { KeychainPort, ProfileStore } from '@tacet/client';
import { wipe } from '@tacet/crypto';
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

/** Not at each start of a daemon. */
const recovered = () => import('@tacet/adapters/profiles-sqlcipher/recovered');

export function makeVault(options: VaultOptions): ProfileVault<OpenedVault> {
  const { dir, keychain, rng } = options;
  // Profiles of two homes may share a name; a folder is one profile's alone.
  const account = dir;

  async function resolve(secret: ProfileSecret, of = account): Promise<VaultSecret> {
    if (secret.kind === 'passphrase') return typed(secret.passphrase);
    const kept = await keychain.get(of);
    if (kept !== null) return { kind: 'keychain', secret: kept };
    throw new AppError(
      'keychain-empty',
      'missing',
      'the keychain holds nothing for this profile; use its passphrase',
    );
  }

  /** Its bytes are wiped afterwards, whoever still holds the array. */
  async function using<T>(
    given: Promise<VaultSecret>,
    work: (secret: VaultSecret) => Promise<T>,
  ): Promise<T> {
    const secret = await given;
    try {
      return await work(secret);
    } finally {
      wipe(secret.secret.expose());
    }
  }

  async function beside(
    secret: ProfileSecret,
    keep: readonly ProfileSecret[],
    work: (secret: VaultSecret, keep: readonly VaultSecret[]) => Promise<void>,
  ): Promise<void> {
    if (secret.kind === 'keychain') {
      throw new AppError(
        'keychain-one',
        'usage',
        'the keychain holds one secret; use a passphrase',
      );
    }
    const secrets = await Promise.all([secret, ...keep].map((one) => resolve(one)));
    const [one, ...others] = secrets as [VaultSecret, ...VaultSecret[]];
    try {
      await work(one, others);
    } finally {
      for (const each of secrets) wipe(each.secret.expose());
    }
  }

  async function fresh(secret: ProfileSecret): Promise<VaultSecret> {
    if (secret.kind === 'passphrase') return typed(secret.passphrase);
    const made = new Sensitive(randomBytes(rng, KEYCHAIN_BYTES));
    await keychain.set(account, made);
    return { kind: 'keychain', secret: made };
  }

  /** A profile where there is none. */
  async function anew<T>(
    secret: ProfileSecret,
    make: (made: VaultSecret) => Promise<T>,
  ): Promise<T> {
    if (profileExists(dir)) {
      // Before the keychain's entry of the one that is here is written over.
      throw new AppError('profile-exists', 'state', 'there is a profile here already');
    }
    try {
      return await using(fresh(secret), make);
    } catch (error) {
      if (secret.kind === 'keychain') await keychain.remove(account);
      throw error;
    }
  }

  const opened = (profile: OpenProfile): OpenedVault => ({
    store: profile.store,
    checkpoint: () => profile.store.checkpoint(),
    room: () => profile.room(),
    checked: () => profile.checked(),
    cells: () => profile.cells(),
    snapshot: (withFiles) => profile.snapshot(withFiles),
    rolling: profile.rolling,
    opens: (secret) => using(resolve(secret), (one) => profile.opens(one)),
    addProfile: (secret, keep, prepare) =>
      beside(secret, keep, (one, others) => profile.addProfile(one, others, prepare)),
    addDuress: (secret, keep) =>
      beside(secret, keep, (one, others) => profile.addDuress(one, others)),
    reseal: (current, next) => reseal(profile, current, next),
    close: () => profile.close(),
    closeInTurns: (inTurn) => profile.closeInTurns(inTurn),
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
    if (next.kind === 'keychain') {
      const kept = await keychain.get(account);
      // Written over, it would open its own profile no more.
      if (kept !== null && (await using(asKept(kept), (one) => profile.opens(one))) === 'another') {
        throw new AppError('keychain-one', 'usage', 'the keychain opens another profile already');
      }
    }
    await using(resolve(current), (had) =>
      using(fresh(next), (made) => profile.changeSecret(had, made)),
    );
    if (current.kind === 'keychain') await keychain.remove(account);
  }

  return {
    exists: () => profileExists(dir),
    create: (secret) =>
      using(fresh(secret), async (made) => opened(await createProfile({ dir, ...made }))),
    open: (secret, inTurn) =>
      using(resolve(secret), async (one) => {
        const turns = inTurn === undefined ? {} : { inTurn };
        return opened(await openProfile({ dir, ...one, ...turns }));
      }),
    async restore(secret, source, prepare) {
      const { restoreProfile } = await recovered();
      await anew(secret, (made) => restoreProfile({ dir, ...made, source, prepare }));
    },
    async salvage(secret, from, work) {
      const { salvageProfile } = await recovered();
      return await using(resolve(from.secret, from.dir), (opens) =>
        anew(secret, (made) =>
          salvageProfile({ from: { dir: from.dir, ...opens }, to: { dir, ...made }, ...work }),
        ),
      );
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

async function asKept(secret: Sensitive<Uint8Array>): Promise<VaultSecret> {
  return { kind: 'keychain', secret };
}

function typed(passphrase: Sensitive<string>): VaultSecret {
  return { kind: 'passphrase', secret: new Sensitive(utf8(passphrase.expose())) };
}
