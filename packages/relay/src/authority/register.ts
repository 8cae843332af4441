/**
 * The descriptors an authority has, one for each admitted relay, the newest that relay issued.
 * Bytes come from anybody; what counts is the relay's own signature.
 */
import { equalBytes, hex, isAppError, MINUTE, type Millis } from '@tacet/base';
import {
  type Descriptor,
  epochAt,
  linkHolds,
  MAX_KEYS,
  type Parameters,
  type RelayHash,
  trimKeys,
  verifyDescriptor,
} from '@tacet/directory';

export type Refusal =
  | 'malformed'
  | 'descriptor-signature'
  | 'descriptor-not-allowed'
  | 'descriptor-older'
  | 'descriptor-clock'
  | 'descriptor-keys'
  | 'descriptor-link';

export type SubmitOutcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'known' }
  | { readonly kind: 'refused'; readonly code: Refusal };

export interface Registered {
  readonly relay: RelayHash;
  readonly descriptor: Descriptor;
  readonly signed: Uint8Array;
}

/** A descriptor from further ahead than this would block its relay until that time. */
const CLOCK_TOLERANCE = 10 * MINUTE;

export class Register {
  private allowed = new Set<string>();
  private readonly entries = new Map<string, Registered>();

  constructor(allowed: readonly RelayHash[]) {
    this.allow(allowed);
  }

  /** Replaces the allow-list; relays no longer on it are forgotten. */
  allow(relays: readonly RelayHash[]): void {
    this.allowed = new Set(relays.map(hex));
    for (const name of this.entries.keys()) {
      if (!this.allowed.has(name)) this.entries.delete(name);
    }
  }

  get admitted(): number {
    return this.allowed.size;
  }

  submit(signed: Uint8Array, now: Millis, parameters: Parameters): SubmitOutcome {
    let verified: ReturnType<typeof verifyDescriptor>;
    try {
      verified = verifyDescriptor(signed);
    } catch (error) {
      return refused(isAppError(error, 'descriptor-signature') ? error.code : 'malformed');
    }
    const { descriptor, relay } = verified;
    const name = hex(relay);
    if (!this.allowed.has(name)) return refused('descriptor-not-allowed');
    const old = this.entries.get(name);
    if (old !== undefined && equalBytes(old.signed, signed)) return { kind: 'known' };
    if (old !== undefined && descriptor.issuedAt <= old.descriptor.issuedAt) {
      return refused('descriptor-older');
    }
    if (descriptor.issuedAt > now + CLOCK_TOLERANCE) return refused('descriptor-clock');
    if (!linkHolds(descriptor, now)) return refused('descriptor-link');
    const epoch = epochAt(parameters, now);
    if (trimKeys(descriptor, epoch, epoch + MAX_KEYS) === null) return refused('descriptor-keys');
    this.entries.set(name, { relay, descriptor, signed: Uint8Array.from(signed) });
    return { kind: 'accepted' };
  }

  /** A descriptor from this authority's own state; those of relays no longer admitted are left out. */
  restore(signed: Uint8Array): void {
    const { descriptor, relay } = verifyDescriptor(signed);
    const name = hex(relay);
    if (this.allowed.has(name)) this.entries.set(name, { relay, descriptor, signed });
  }

  all(): readonly Registered[] {
    return [...this.entries.values()];
  }
}

function refused(code: string): SubmitOutcome {
  return { kind: 'refused', code: code as Refusal };
}
