/**
 * Which slot a secret opens (docs/spec/10-store.md, 2 and 9). Every header is tried, always all of them:
 * how long it takes says neither which one opened nor whether any did.
 */
import { type Rng, randomBytes } from '@tacet/base';
import { wipe } from '@tacet/crypto';
import { passphraseWrong } from './errors.ts';
import { type Header, openHead, slotKey } from './header.ts';
import { HEAD_BYTES } from './limits.ts';

/** A header that opened, and the slot it lies in. */
export interface Found {
  readonly at: number;
  readonly header: Header;
}

/** All that the root opens, the one that counts first: what destroys goes before what opens. */
export function openSlots(root: Uint8Array, heads: readonly (Uint8Array | null)[]): Found[] {
  const found: Found[] = [];
  const refused: unknown[] = [];
  for (const [at, head] of heads.entries()) {
    const key = slotKey(root, at);
    try {
      const header = openHead(key, head ?? NOTHING, at);
      if (header !== null) found.push({ at, header });
    } catch (error) {
      refused.push(error);
    } finally {
      wipe(key);
    }
  }
  if (found.length === 0 && refused.length > 0) throw refused[0];
  return found.sort((a, b) => rank(a) - rank(b));
}

/** The one that counts; the keys of the others are wiped. Throws `passphrase-wrong`. */
export function theOne(found: readonly Found[]): Found {
  const [first, ...others] = found;
  for (const { header } of others) wipe(header.databaseKey);
  if (first === undefined) throw passphraseWrong();
  return first;
}

/** Slots that must stay when others are filled or destroyed. */
export function slotsOf(found: readonly Found[]): Set<number> {
  return new Set(found.flatMap(({ at, header }) => [at, header.slot]));
}

/** A header nobody has the key of. */
export function randomHead(rng: Rng): Uint8Array {
  return randomBytes(rng, HEAD_BYTES);
}

/** What is tried in place of a header that is missing. */
const NOTHING = new Uint8Array(HEAD_BYTES);

function rank({ header }: Found): number {
  return header.kind === 'duress' ? 0 : 1;
}
