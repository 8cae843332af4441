/** What a network with one authority says wherever it shows its state (docs/spec/06-directory.md, 11). */
import { decodeCard } from '@tacet/directory';

export const ONE_AUTHORITY = 'one authority: whoever has its key decides alone who relays';

/** @throws `malformed` when the text is no network card */
export function hasOneAuthority(card: string): boolean {
  return decodeCard(card).authorities.length === 1;
}
