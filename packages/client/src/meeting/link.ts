/** The text of a one-time invitation (docs/spec/09-meeting.md 2). Everything behind # is secret. */
import { AppError, base64url, equalBytes, fromBase64url } from '@tacet/base';
import {
  CARD_PREFIX,
  decodeCard,
  type NetworkCard,
  type NetworkId,
  networkIdOf,
} from '@tacet/directory';

const PREFIX = 'tacet://invite/1#';

export interface InvitationLink {
  readonly secret: Uint8Array;
  /** First 8 bytes of the network id. */
  readonly network: Uint8Array;
  /** The network card's text in a full link, else null. */
  readonly card: string | null;
}

export function encodeLink(secret: Uint8Array, network: NetworkId, card: string | null): string {
  const short = `${PREFIX}${base64url(secret)}.${base64url(network.subarray(0, 8))}`;
  return card === null ? short : `${short}.${card.slice(CARD_PREFIX.length)}`;
}

function badLink(): AppError {
  return new AppError('invitation-malformed', 'input', 'this is not a Tacet invitation');
}

/** Throws `invitation-malformed`. Takes any text before the fragment (a landing page). */
export function decodeLink(text: string): InvitationLink {
  const at = text.trim().indexOf('#');
  if (at < 0 || text.length > 2_000) throw badLink();
  const parts = text
    .trim()
    .slice(at + 1)
    .split('.');
  const [secretText, networkText, card] = parts;
  if (secretText === undefined || networkText === undefined || parts.length > 3) throw badLink();
  try {
    const secret = fromBase64url(secretText);
    const network = fromBase64url(networkText);
    if (secret.length !== 32 || network.length !== 8) throw badLink();
    return { secret, network, card: card === undefined ? null : CARD_PREFIX + card };
  } catch {
    throw badLink();
  }
}

/** The same, and the card of a full link is of the network that the link names. */
export function checkedLink(text: string): InvitationLink {
  const link = decodeLink(text);
  if (link.card !== null && !sameNetwork(link, networkIdOf(readCard(link.card)))) throw badLink();
  return link;
}

function readCard(text: string): NetworkCard {
  try {
    return decodeCard(text);
  } catch {
    throw badLink();
  }
}

export function sameNetwork(link: InvitationLink, network: NetworkId): boolean {
  return equalBytes(link.network, network.subarray(0, 8));
}
