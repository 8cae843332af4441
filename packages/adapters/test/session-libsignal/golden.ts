/** The shape of vectors/session/*.json, shared by the test and the program that made them. */

/** Base64 by record name. */
export type Records = Readonly<Record<string, string>>;

export interface Pending {
  /** Who reads it, and the name the sender has there. */
  readonly to: string;
  readonly from: string;
  readonly ciphertext: string;
  readonly plaintext: string;
}

export interface Situation {
  readonly name: string;
  readonly people: Readonly<Record<string, Records>>;
  /** In the order in which they must open. */
  readonly pending: readonly Pending[];
  /** Pairs that must be able to go on talking afterwards, both ways. */
  readonly pairs: readonly (readonly [string, string])[];
}

export interface Golden {
  readonly provenance: string;
  readonly format: 1;
  readonly bundle: string;
  readonly situations: readonly Situation[];
}
