/**
 * Trust as a state machine without anything around it (docs/spec/15-trust.md, 1): what is known of
 * the key in use, what each fact makes of it, and the one mark that is shown.
 */
export type TrustLevel = 'verified' | 'introduced' | 'link' | 'unverified';

/** What can happen to the trust in one contact's key. */
export type TrustFact =
  /** How the contact came here. */
  | 'met-by-link'
  | 'met-by-request'
  | 'met-by-introduction'
  /** A contact vouches for the key of somebody who is a contact already. */
  | 'introduced'
  /** Both scanned each other's code. */
  | 'scanned'
  /** The user says that the sixty digits, or the short code, are the same at both ends. */
  | 'number-same'
  | 'code-same'
  /** The user says that they differ; or the other one says so. */
  | 'number-differs'
  | 'code-differs'
  | 'code-differs-there'
  /** The user takes a verification back. */
  | 'withdrawn'
  /** Who answered a request of ours has other keys than the address. */
  | 'other-identity'
  /** A statement signed by the old keys named new ones. */
  | 'key-changed'
  /** Another key, or a statement that does not hold, was refused: the key in use is the same. */
  | 'key-refused';

/** Shown beside the level until a verification or the user ends it. */
export type TrustWarning =
  | 'number-differs'
  | 'code-differs'
  | 'key-changed'
  | 'key-refused'
  | 'other-identity';

export interface Standing {
  /** What is left when nobody verified. */
  readonly base: Exclude<TrustLevel, 'verified'>;
  readonly verified: boolean;
  readonly warning: TrustWarning | null;
}

export const UNKNOWN: Standing = { base: 'unverified', verified: false, warning: null };

export function levelOf({ base, verified }: Standing): TrustLevel {
  return verified ? 'verified' : base;
}

/** A new value, or the same one where the fact changes nothing. */
export function afterFact(had: Standing, fact: TrustFact): Standing {
  switch (fact) {
    case 'met-by-link':
      return { ...UNKNOWN, base: 'link' };
    case 'met-by-request':
      return UNKNOWN;
    case 'met-by-introduction':
      return { ...UNKNOWN, base: 'introduced' };
    case 'introduced':
      return { ...had, base: 'introduced' };
    case 'scanned':
    case 'number-same':
    case 'code-same':
      return { ...had, verified: true, warning: null };
    case 'number-differs':
      return { ...UNKNOWN, warning: 'number-differs' };
    case 'code-differs':
    case 'code-differs-there':
      return { ...UNKNOWN, warning: 'code-differs' };
    case 'withdrawn':
      return { ...had, verified: false };
    case 'other-identity':
      return { ...UNKNOWN, warning: 'other-identity' };
    case 'key-changed':
      return { ...UNKNOWN, warning: 'key-changed' };
    case 'key-refused':
      // Anybody could cause it who has a session: a warning, never a loss.
      return { ...had, warning: had.warning ?? 'key-refused' };
  }
}
