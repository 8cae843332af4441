/**
 * libsignal's stores over an overlay, for one operation with one peer. The addresses libsignal
 * sees are constants: names of contacts stay out of it.
 */
import {
  type Direction,
  IdentityChange,
  IdentityKeyPair,
  IdentityKeyStore,
  KyberPreKeyRecord,
  KyberPreKeyStore,
  PreKeyRecord,
  PreKeyStore,
  type PrivateKey,
  ProtocolAddress,
  PublicKey,
  SessionRecord,
  SessionStore,
  SignedPreKeyRecord,
  SignedPreKeyStore,
} from '@signalapp/libsignal-client';
import { AppError } from '@tacet/base';
import { undecryptable } from './errors.ts';
import { DEVICE, REGISTRATION } from './limits.ts';
import {
  IDENTITY,
  kemName,
  type Overlay,
  peerName,
  prekeyName,
  sessionName,
  signedName,
} from './overlay.ts';

export const SELF = ProtocolAddress.new('self', DEVICE);
export const PEER = ProtocolAddress.new('peer', DEVICE);

export function readIdentity(overlay: Overlay): IdentityKeyPair {
  const pair = overlay.read(IDENTITY, (bytes) => IdentityKeyPair.deserialize(bytes));
  if (pair === null) throw new AppError('session-identity-missing', 'bug', 'no identity key yet');
  return pair;
}

export class Identities extends IdentityKeyStore {
  private readonly overlay: Overlay;
  private readonly peer: string;

  constructor(overlay: Overlay, peer: string) {
    super();
    this.overlay = overlay;
    this.peer = peer;
  }

  override async getIdentityKeyPair(): Promise<IdentityKeyPair> {
    return readIdentity(this.overlay);
  }

  override async getIdentityKey(): Promise<PrivateKey> {
    return readIdentity(this.overlay).privateKey;
  }

  override async getLocalRegistrationId(): Promise<number> {
    return REGISTRATION;
  }

  known(): PublicKey | null {
    return this.overlay.read(peerName(this.peer), (bytes) => PublicKey.deserialize(bytes));
  }

  /** Writes a first key; a known one stays, whatever is offered (`isTrusted` refused before). */
  override async saveIdentity(_: ProtocolAddress, key: PublicKey): Promise<IdentityChange> {
    if (this.known() === null) this.overlay.set(peerName(this.peer), key.serialize());
    return IdentityChange.NewOrUnchanged;
  }

  override async isTrustedIdentity(
    _: ProtocolAddress,
    key: PublicKey,
    _direction: Direction,
  ): Promise<boolean> {
    const known = this.known();
    return known === null || known.equals(key);
  }

  override async getIdentity(): Promise<PublicKey | null> {
    return this.known();
  }
}

export class Sessions extends SessionStore {
  private readonly overlay: Overlay;
  private readonly name: string;

  constructor(overlay: Overlay, peer: string) {
    super();
    this.overlay = overlay;
    this.name = sessionName(peer);
  }

  read(): SessionRecord | null {
    return this.overlay.read(this.name, (bytes) => SessionRecord.deserialize(bytes));
  }

  override async saveSession(_: ProtocolAddress, record: SessionRecord): Promise<void> {
    this.overlay.set(this.name, record.serialize());
  }

  override async getSession(): Promise<SessionRecord | null> {
    return this.read();
  }

  override async getExistingSessions(): Promise<SessionRecord[]> {
    const record = this.read();
    return record === null ? [] : [record];
  }
}

/** The three prekeys of a bundle share one id and are used up together. */
export class Prekeys {
  readonly oneTime: PreKeyStore;
  readonly signed: SignedPreKeyStore;
  readonly kem: KyberPreKeyStore;

  constructor(overlay: Overlay) {
    this.oneTime = new OneTime(overlay);
    this.signed = new Signed(overlay);
    this.kem = new Kem(overlay);
  }
}

class OneTime extends PreKeyStore {
  private readonly overlay: Overlay;

  constructor(overlay: Overlay) {
    super();
    this.overlay = overlay;
  }

  override async savePreKey(id: number, record: PreKeyRecord): Promise<void> {
    this.overlay.set(prekeyName(id), record.serialize());
  }

  override async getPreKey(id: number): Promise<PreKeyRecord> {
    return present(this.overlay.read(prekeyName(id), (bytes) => PreKeyRecord.deserialize(bytes)));
  }

  override async removePreKey(id: number): Promise<void> {
    this.overlay.remove(prekeyName(id));
  }
}

class Signed extends SignedPreKeyStore {
  private readonly overlay: Overlay;

  constructor(overlay: Overlay) {
    super();
    this.overlay = overlay;
  }

  override async saveSignedPreKey(id: number, record: SignedPreKeyRecord): Promise<void> {
    this.overlay.set(signedName(id), record.serialize());
  }

  override async getSignedPreKey(id: number): Promise<SignedPreKeyRecord> {
    return present(
      this.overlay.read(signedName(id), (bytes) => SignedPreKeyRecord.deserialize(bytes)),
    );
  }
}

class Kem extends KyberPreKeyStore {
  private readonly overlay: Overlay;

  constructor(overlay: Overlay) {
    super();
    this.overlay = overlay;
  }

  override async saveKyberPreKey(id: number, record: KyberPreKeyRecord): Promise<void> {
    this.overlay.set(kemName(id), record.serialize());
  }

  override async getKyberPreKey(id: number): Promise<KyberPreKeyRecord> {
    return present(this.overlay.read(kemName(id), (bytes) => KyberPreKeyRecord.deserialize(bytes)));
  }

  /** Called once the first message has authenticated: all three halves go, in these writes. */
  override async markKyberPreKeyUsed(id: number, signedId: number): Promise<void> {
    if (id !== signedId) throw undecryptable();
    this.overlay.remove(prekeyName(id));
    this.overlay.remove(signedName(id));
    this.overlay.remove(kemName(id));
  }
}

function present<T>(record: T | null): T {
  if (record === null) throw undecryptable();
  return record;
}
