/**
 * What a text is that somebody was given, and whether it can lead anywhere from here
 * (docs/spec/15-trust.md, 8): told before anything is sent, by what stands in it and in this profile.
 */
import { equalBytes, isAppError, type Millis } from '@tacet/base';
import { decodeCard, type NetworkId, networkIdOf } from '@tacet/directory';
import { decodeAddressLink, isOfNetwork } from '../addresses/card.ts';
import type { ProfileStore } from '../ports.ts';
import { text } from '../store/rows.ts';
import { decodeMeetCode } from '../trust/meet-code.ts';
import type { LinkView } from '../views.ts';
import { decodeLink, sameNetwork } from './link.ts';

type Kind = Exclude<LinkView['kind'], 'unknown'>;

/** Prefix, and the version this program reads. */
const KINDS: Readonly<Record<Kind, RegExp>> = {
  invitation: /^tacet:\/\/invite\/(\d+)#/,
  address: /^tacet:\/\/address\/(\d+)#/,
  meet: /^tacet:\/\/meet\/(\d+)#/,
  network: /^tacet:network\/(\d+)\//,
};
const VERSION = '1';

export interface LinkPlace {
  readonly store: ProfileStore;
  /** Null: no network was joined. */
  readonly network: NetworkId | null;
  /** That network has answered: no other takes its place. */
  readonly bound: boolean;
}

export function checkLink(given: string, place: LinkPlace, now: Millis): LinkView {
  const link = given.trim();
  for (const kind of Object.keys(KINDS) as Kind[]) {
    const version = KINDS[kind].exec(link)?.[1];
    if (version === undefined) continue;
    if (version !== VERSION) return { kind, problem: 'link-newer' };
    return { kind, problem: problemOf(kind, link, place, now) };
  }
  return { kind: 'unknown', problem: 'link-unknown' };
}

function problemOf(kind: Kind, link: string, place: LinkPlace, now: Millis): string | null {
  try {
    switch (kind) {
      case 'invitation':
        return invitationProblem(link, place);
      case 'address': {
        const { card, networkCard } = decodeAddressLink(link);
        return elsewhere(place, networkCard !== null, (id) => isOfNetwork(card, id));
      }
      case 'meet': {
        const code = decodeMeetCode(link);
        if (code.endsAt <= now) return 'meet-expired';
        return elsewhere(place, false, (id) => sameNetwork(code, id));
      }
      case 'network': {
        const id = networkIdOf(decodeCard(link));
        const other = elsewhere(place, true, (own) => equalBytes(own, id));
        return other === null ? null : 'network-joined';
      }
    }
  } catch (error) {
    if (!isAppError(error)) throw error;
    return `${kind === 'network' ? 'card' : kind}-malformed`;
  }
}

function invitationProblem(link: string, place: LinkPlace): string | null {
  const decoded = decodeLink(link);
  const { secret } = decoded;
  const own = place.store.get('SELECT state FROM invitations WHERE secret = ?', secret);
  if (own !== undefined) return 'invitation-own';
  const visit = place.store.get(
    `SELECT c.state, c.reason FROM visits v JOIN contacts c ON c.id = v.contact_id WHERE v.secret = ?`,
    secret,
  );
  if (visit !== undefined) {
    const why = visit['reason'];
    return text(visit, 'state') === 'ended' && typeof why === 'string' ? why : 'invitation-used';
  }
  return elsewhere(place, decoded.card !== null, (id) => sameNetwork(decoded, id));
}

/** Of another network than this profile's, and no way to join that. */
function elsewhere(
  { network, bound }: LinkPlace,
  brings: boolean,
  isOf: (id: NetworkId) => boolean,
): 'network-missing' | 'invitation-network' | null {
  if (network === null) return brings ? null : 'network-missing';
  if (isOf(network)) return null;
  return brings && !bound ? null : 'invitation-network';
}
