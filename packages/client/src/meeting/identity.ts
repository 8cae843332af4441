/**
 * A profile's own key set and name (docs/spec/09-meeting.md, 1), read once from the store. The
 * signing seed stays in the store; it is loaded only by what signs.
 */
import { AppError, fromUtf8, type Rng, randomBytes, utf8 } from '@tacet/base';
import { hybridKeyPair } from '@tacet/crypto';
import { cleanName } from '../contacts/contacts.ts';
import type { ProfileStore, SessionPort } from '../ports.ts';
import { applyWrites } from '../sessions/jobs.ts';
import { migrate } from '../store/migrate.ts';
import { MIGRATIONS } from '../store/schema.ts';
import { readSetting, type Setting, writeSetting } from '../store/settings.ts';
import { keySetHash } from './boxes.ts';

export interface OwnIdentity {
  readonly name: string;
  readonly identityKey: Uint8Array;
  readonly ed25519: Uint8Array;
  readonly mldsa65: Uint8Array;
  readonly keySetHash: Uint8Array;
}

/** Makes the identity of a new profile: offline, asking nobody. Fails if there is one already. */
export async function prepareProfile(
  store: ProfileStore,
  session: SessionPort,
  rng: Rng,
  options: { readonly name: string },
): Promise<void> {
  const name = cleanName(options.name);
  migrate(store, MIGRATIONS);
  if (readSetting(store, 'identity-key') !== null) {
    throw new AppError('profile-exists', 'state', 'this profile has an identity already');
  }
  const { publicKey, writes } = await session.createIdentity();
  const seed = randomBytes(rng, 64);
  const keys = hybridKeyPair(seed).publicKey;
  store.transaction(() => {
    applyWrites(store, writes);
    writeSetting(store, 'identity-key', publicKey);
    writeSetting(store, 'signing-seed', seed);
    writeSetting(store, 'root-secret', randomBytes(rng, 32));
    writeSetting(store, 'profile-name', utf8(name));
    writeSetting(store, 'key-set-hash', keySetHash(publicKey, keys.ed25519, keys.mldsa65));
  });
}

export function loadIdentity(store: ProfileStore): OwnIdentity {
  const need = (name: Setting): Uint8Array => {
    const value = readSetting(store, name);
    if (value === null) {
      throw new AppError('profile-empty', 'state', 'this profile has no identity yet; create one');
    }
    return value;
  };
  const keys = hybridKeyPair(need('signing-seed')).publicKey;
  return {
    // It may be changed; the keys never are.
    get name() {
      return fromUtf8(need('profile-name'));
    },
    identityKey: need('identity-key'),
    ed25519: keys.ed25519,
    mldsa65: keys.mldsa65,
    keySetHash: need('key-set-hash'),
  };
}
