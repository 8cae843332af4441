/**
 * Documents on their way to enough signatures (docs/spec/06-directory.md, 11.4): bodies with the
 * signatures that came in, whichever body this authority would have signed itself. Two bodies
 * of one epoch under one authority's signature are evidence against it.
 */
import { type AppError, hex, isAppError } from '@tacet/base';
import {
  type AuthoritySet,
  type AuthoritySignature,
  authorityHashOf,
  decodePublished,
  encodePublished,
  type VerifiedDocument,
  verifyDocument,
  verifyPartial,
} from '@tacet/directory';
import type { DocumentHash } from '@tacet/onion';

interface Body {
  readonly bytes: Uint8Array;
  /** By authority. */
  readonly signatures: Map<string, AuthoritySignature>;
}

interface Epoch {
  /** By document hash. */
  readonly bodies: Map<string, Body>;
  /** Authorities that signed two of them. */
  readonly accused: Set<string>;
}

/** Twice signed by one authority: each document with just that signature. */
export interface DoubleSignature {
  readonly first: Uint8Array;
  readonly second: Uint8Array;
}

export type JointOutcome =
  | { readonly kind: 'refused'; readonly error: AppError }
  | { readonly kind: 'epoch' | 'surplus' | 'known' }
  | {
      readonly kind: 'taken';
      readonly complete: VerifiedDocument | null;
      readonly evidence: readonly DoubleSignature[];
    };

export class Joint {
  private readonly trust: AuthoritySet;
  private readonly epochs = new Map<number, Epoch>();

  constructor(trust: AuthoritySet) {
    this.trust = trust;
  }

  /** @param from @param to epochs of documents that may still come together. */
  offer(partial: Uint8Array, from: number, to: number): JointOutcome {
    let read: VerifiedDocument;
    try {
      read = verifyPartial(partial, this.trust, 1);
    } catch (error) {
      if (!isAppError(error)) throw error;
      return { kind: 'refused', error };
    }
    const { epoch } = read.document;
    if (epoch < from || epoch > to) return { kind: 'epoch' };
    const { body, hash, signatures } = decodePublished(partial);
    const of = this.epochs.get(epoch) ?? { bodies: new Map(), accused: new Set() };
    const { bodies } = of;
    const name = hex(hash);
    const known = bodies.get(name);
    const fresh = signatures.filter(({ authority }) => {
      const signer = hex(authorityHashOf(authority));
      return !known?.signatures.has(signer) && bodiesOf(bodies, signer).length < 2;
    });
    if (fresh.length === 0) return { kind: known === undefined ? 'surplus' : 'known' };
    const entry = known ?? { bytes: body, signatures: new Map() };
    const before = entry.signatures.size;
    for (const one of fresh) entry.signatures.set(hex(authorityHashOf(one.authority)), one);
    bodies.set(name, entry);
    this.epochs.set(epoch, of);
    const full = before < this.trust.threshold && entry.signatures.size >= this.trust.threshold;
    return {
      kind: 'taken',
      complete: full ? verifyDocument(join(entry), this.trust) : null,
      evidence: fresh.flatMap((one) => accuse(of, one)),
    };
  }

  /** True when somebody signed another body for that epoch. */
  hasOther(epoch: number, hash: DocumentHash): boolean {
    const bodies = this.epochs.get(epoch)?.bodies.keys() ?? [];
    return [...bodies].some((name) => name !== hex(hash));
  }

  /** Forgets what is of epochs before `from`. */
  prune(from: number): void {
    for (const epoch of this.epochs.keys()) if (epoch < from) this.epochs.delete(epoch);
  }
}

/** Once for each authority and epoch. */
function accuse({ bodies, accused }: Epoch, { authority }: AuthoritySignature): DoubleSignature[] {
  const signer = hex(authorityHashOf(authority));
  const [first, second] = bodiesOf(bodies, signer);
  if (first === undefined || second === undefined || accused.has(signer)) return [];
  accused.add(signer);
  return [{ first: alone(first, signer), second: alone(second, signer) }];
}

function bodiesOf(bodies: ReadonlyMap<string, Body>, signer: string): Body[] {
  return [...bodies.values()].filter((body) => body.signatures.has(signer));
}

function join({ bytes, signatures }: Body): Uint8Array {
  return encodePublished(bytes, [...signatures.values()]);
}

function alone({ bytes, signatures }: Body, signer: string): Uint8Array {
  return encodePublished(
    bytes,
    [signatures.get(signer)].filter((one) => one !== undefined),
  );
}
