/** What an authority is told, asks for and counts. */
import type { Millis } from '@tacet/base';
import type { HybridKeyPair } from '@tacet/crypto';
import type {
  AddOutcome,
  AuthorityHash,
  AuthoritySet,
  Parameters,
  RelayHash,
} from '@tacet/directory';
import type { Impossible } from './compose.ts';
import type { Refusal } from './register.ts';

export type AuthorityEffect =
  /** Durable before anything after it is done. */
  | { readonly kind: 'save'; readonly state: Uint8Array }
  /** The newest document, also once after a restart. */
  | { readonly kind: 'publish'; readonly bytes: Uint8Array }
  /** To another authority; of no use to it after `until`. */
  | {
      readonly kind: 'tell';
      readonly to: AuthorityHash;
      readonly what: 'vote' | 'signature';
      readonly bytes: Uint8Array;
      readonly until: Millis;
    }
  /** Two things that one authority, or a majority, signed and that exclude each other. */
  | {
      readonly kind: 'evidence';
      readonly what: 'votes' | 'signatures' | 'documents';
      readonly first: Uint8Array;
      readonly second: Uint8Array;
    };

export interface AuthorityOptions {
  readonly keyPair: HybridKeyPair;
  /** All authorities, this one among them. */
  readonly trust: AuthoritySet;
  readonly parameters: Parameters;
  readonly allowed: readonly RelayHash[];
  /** Echo's reusable address, or empty. */
  readonly echo?: Uint8Array;
  /** The newest signed release statement, or empty. */
  readonly release?: Uint8Array;
  /** What the last `save` gave, or null for a new network. */
  readonly state: Uint8Array | null;
}

export type AuthorityCounter =
  | Refusal
  | Impossible
  | `equivocation-${'vote' | 'signature' | 'document'}`
  | `vote-${'malformed' | 'network' | 'signatures' | 'descriptor' | 'epoch' | 'early' | 'late' | 'surplus'}`
  | `document-${AddOutcome | 'refused' | 'malformed' | 'network' | 'signatures' | 'chain'}`
  | `signature-${'taken' | 'epoch' | 'surplus' | 'withheld'}`
  | 'accepted'
  | 'known'
  | 'published'
  | 'voted'
  | 'vote-taken'
  | 'no-majority'
  | 'signed';
