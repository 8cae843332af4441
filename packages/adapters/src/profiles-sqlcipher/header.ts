/**
 * The header of a slot: 4,096 bytes that look random to whoever lacks the secret, and say version,
 * creation day and database key to whoever has it (docs/spec/10-store.md, "Header").
 */
import {
  AppError,
  ByteReader,
  ByteWriter,
  dayOf,
  fromUtf8,
  isAppError,
  type Rng,
  randomBytes,
  Sensitive,
  utf8,
} from '@tacet/base';
import {
  type Argon2Cost,
  argon2id,
  BOX_OVERHEAD,
  hashKeyed,
  openBox,
  sealBox,
  wipe,
} from '@tacet/crypto';
import { profileNewer, profileUnreadable } from './errors.ts';
import {
  HEAD_BYTES,
  HEADER_VERSION,
  KEY_BYTES,
  NONCE_BYTES,
  PASSPHRASE_MAX,
  SLOTS,
} from './limits.ts';

/** What stands behind a header: typed by a person, or 32 random bytes of the system's keychain. */
export type SecretKind = 'passphrase' | 'keychain';

export interface ProfileSecret {
  readonly secret: Sensitive<Uint8Array>;
  /** `passphrase` unless said otherwise. Stored nowhere: whoever opens must know. */
  readonly kind?: SecretKind;
}

/** What a secret does: opens its profile, or first destroys what no header of it names. */
export type HeaderKind = 'profile' | 'duress';

/** An opened header. Whoever holds it wipes `databaseKey`. */
export interface Header {
  readonly kind: HeaderKind;
  /** The slot of the database it opens. */
  readonly slot: number;
  readonly createdDay: number;
  readonly databaseKey: Uint8Array;
}

const KINDS: readonly HeaderKind[] = ['profile', 'duress'];

const PLAINTEXT_BYTES = HEAD_BYTES - NONCE_BYTES - BOX_OVERHEAD;
const USED_BYTES = 2 + 1 + 1 + 4 + KEY_BYTES;
const USED_BYTES_1 = 2 + 4 + KEY_BYTES;

/** The key of one slot. */
export function slotKey(root: Uint8Array, slot: number): Uint8Array {
  return hashKeyed(root, 'profile-slot', KEY_BYTES, Uint8Array.of(slot));
}

export function sealHead(key: Uint8Array, header: Header, rng: Rng): Uint8Array {
  const plaintext = new ByteWriter(PLAINTEXT_BYTES)
    .u16(HEADER_VERSION)
    .u8(KINDS.indexOf(header.kind))
    .u8(header.slot)
    .u32(header.createdDay)
    .put(header.databaseKey)
    .skip(PLAINTEXT_BYTES - USED_BYTES)
    .done();
  const nonce = randomBytes(rng, NONCE_BYTES);
  const sealed = sealBox(key, nonce, plaintext);
  wipe(plaintext);
  return new ByteWriter(HEAD_BYTES).put(nonce).put(sealed).done();
}

/**
 * Null for what the key did not seal: another secret's, random bytes, damage.
 * @param at the slot it lies in, whose database a header of version 1 opens; throws `profile-newer`, `profile-unreadable`
 */
export function openHead(key: Uint8Array, head: Uint8Array, at: number): Header | null {
  const plaintext = openBox(key, head.subarray(0, NONCE_BYTES), head.subarray(NONCE_BYTES));
  if (plaintext === null) return null;
  try {
    const reader = new ByteReader(plaintext, 'profile header');
    const version = reader.u16();
    if (version > HEADER_VERSION) throw profileNewer();
    if (version === 0) throw profileUnreadable();
    const first = version === 1;
    const kind = first ? 'profile' : KINDS[reader.u8()];
    const slot = first ? at : reader.u8();
    const createdDay = reader.u32();
    const databaseKey = reader.copy(KEY_BYTES);
    reader.zeros(PLAINTEXT_BYTES - (first ? USED_BYTES_1 : USED_BYTES));
    reader.end();
    if (kind === undefined || slot >= SLOTS || (kind === 'profile' && slot !== at)) {
      wipe(databaseKey);
      throw profileUnreadable();
    }
    return { kind, slot, createdDay, databaseKey };
  } catch (error) {
    throw isAppError(error, 'malformed') ? profileUnreadable() : error;
  } finally {
    wipe(plaintext);
  }
}

/** Of a profile that begins today. */
export function newHeader(slot: number, rng: Rng): Header {
  const databaseKey = randomBytes(rng, KEY_BYTES);
  return { kind: 'profile', slot, createdDay: dayOf(Date.now()), databaseKey };
}

/** Refuses secrets no header should ever be sealed under. */
export function checkSecret({ kind, secret }: ProfileSecret): void {
  const { length } = secret.expose();
  if (kind === 'keychain') {
    if (length === KEY_BYTES) return;
    throw new AppError('keychain-secret', 'bug', 'a keychain secret has 32 bytes');
  }
  if (length === 0) {
    throw new AppError('passphrase-empty', 'usage', 'the passphrase must not be empty');
  }
  if (length > PASSPHRASE_MAX) {
    throw new AppError('passphrase-too-long', 'usage', 'the passphrase is longer than 1,024 bytes');
  }
}

/** What all slots' keys come from: Argon2id once, whatever their number. Whoever asks wipes it. */
export async function rootOf(
  secret: ProfileSecret,
  salt: Uint8Array,
  cost: Argon2Cost,
): Promise<Uint8Array> {
  if (secret.kind === 'keychain') {
    // 32 random bytes have nothing to guess: one keyed hash stands in for Argon2id.
    return hashKeyed(secret.secret.expose(), 'profile-keychain', KEY_BYTES, salt);
  }
  const typed = canonicalPassphrase(secret.secret.expose());
  try {
    return await argon2id(new Sensitive(typed), salt, cost);
  } finally {
    wipe(typed);
  }
}

/**
 * A copy in Unicode's composed form, so that keyboards of two systems type the same secret. ASCII
 * never becomes a string, which could not be wiped. Bytes that are no UTF-8 stand for themselves.
 */
export function canonicalPassphrase(bytes: Uint8Array): Uint8Array {
  if (bytes.every((byte) => byte < 0x80)) return Uint8Array.from(bytes);
  try {
    return utf8(fromUtf8(bytes).normalize('NFC'));
  } catch {
    return Uint8Array.from(bytes);
  }
}
