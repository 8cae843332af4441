/** The text of a one-time invitation (docs/spec/09-meeting.md 2). Everything behind # is secret. */
import { AppError, base64url, equalBytes, fromBase64url, isAppError } from '@tacet/base';
import {
  CARD_PREFIX,
  decodeCard,
  MAX_CARD_CHARS,
  type NetworkId,
  networkIdOf,
} from '@tacet/directory';

const PREFIX = 'tacet://invite/1#';
/** Of a version this program does not read. */
const LATER = /^tacet:\/\/invite\/(?:[2-9]|[1-9]\d+)#/;
const MAX_CARD = MAX_CARD_CHARS - CARD_PREFIX.length;
/** s is 43 characters, the network 11, both behind the prefix; the card is last where there is one. */
const FORM = new RegExp(`^${PREFIX}([\\w-]{43})\\.([\\w-]{11})(?:\\.([\\w-]{1,${MAX_CARD}}))?$`);

export interface InvitationLink {
  readonly secret: Uint8Array;
  /** First 8 bytes of the network id. */
  readonly network: Uint8Array;
  /** The network card's text in a full link, else null. It is of that network. */
  readonly card: string | null;
}

export function encodeLink(secret: Uint8Array, network: NetworkId, card: string | null): string {
  const short = `${PREFIX}${base64url(secret)}.${base64url(network.subarray(0, 8))}`;
  return card === null ? short : `${short}.${card.slice(CARD_PREFIX.length)}`;
}

/** White space around the link is taken off. @throws `invitation-malformed`, `link-newer` */
export function decodeLink(text: string): InvitationLink {
  const [, secret, network, card] = FORM.exec(text.trim()) ?? [];
  if (secret === undefined && LATER.test(text.trim())) {
    throw new AppError('link-newer', 'input', 'a newer version of Tacet made this link: update');
  }
  if (secret === undefined || network === undefined) throw badLink();
  try {
    const link = {
      secret: fromBase64url(secret),
      network: fromBase64url(network),
      card: card === undefined ? null : CARD_PREFIX + card,
    };
    if (link.card !== null && !sameNetwork(link, networkIdOf(decodeCard(link.card)))) {
      throw badLink();
    }
    return link;
  } catch (cause) {
    if (isAppError(cause, 'invitation-malformed')) throw cause;
    throw badLink();
  }
}

export function sameNetwork(link: Pick<InvitationLink, 'network'>, network: NetworkId): boolean {
  return equalBytes(link.network, network.subarray(0, 8));
}

function badLink(): AppError {
  return new AppError('invitation-malformed', 'input', 'this is not a Tacet invitation');
}
