/**
 * `relay.card`: what an operator needs to join a network with a relay. The network card, where the
 * authorities are reached, and the network's numbers. JSON; holds the join secret, so it is for
 * people of the network only.
 */
import { AppError, hex } from '@tacet/base';
import {
  decodeCard,
  encodeCard,
  MAX_AUTHORITIES,
  MAX_RELAYS,
  type NetworkCard,
  type Parameters,
  parametersFrom,
  parseAddress,
} from '@tacet/directory';
import { LIMITS } from '../limits.ts';
import { parseJson } from '../parse-json.ts';
import { type AllowedRelay, readAllowedRelay } from './allowed.ts';
import { fieldsOf, hashTextOf, listOf, textOf } from './json.ts';

export interface KnownAuthority {
  /** Authority hash, hex. */
  readonly hash: string;
  readonly address: string;
  /** SHA-256 of its TLS key, hex. */
  readonly keyHash: string;
}

export interface RelayCard {
  readonly card: NetworkCard;
  readonly authorities: readonly KnownAuthority[];
  readonly parameters: Parameters;
  /** Relays with which the network began. */
  readonly relays: readonly AllowedRelay[];
}

const FORM = 'tacet-relay-card/1';

export function encodeRelayCard({ card, authorities, parameters, relays }: RelayCard): string {
  const value = { form: FORM, card: encodeCard(card), authorities, parameters, relays };
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** @throws `relay-card` */
export function decodeRelayCard(text: string): RelayCard {
  if (text.trim().startsWith('tacet:network/')) throw peoplesCard();
  if (text.length > LIMITS.configBytes) throw refused();
  try {
    const keys = ['form', 'card', 'authorities', 'parameters', 'relays'] as const;
    const { form, card, authorities, parameters, relays } = fieldsOf(parseJson(text), keys);
    if (form !== FORM) throw new RangeError('form');
    const read = {
      card: decodeCard(textOf(card)),
      authorities: listOf(authorities, MAX_AUTHORITIES, readAuthority),
      parameters: parametersFrom(parameters),
      relays: listOf(relays, MAX_RELAYS, readAllowedRelay),
    };
    const named = read.card.authorities.map(hex).sort();
    const listed = read.authorities.map(({ hash }) => hash).sort();
    if (named.join() !== listed.join()) throw new RangeError('authorities');
    return read;
  } catch (cause) {
    throw refused(cause);
  }
}

function readAuthority(value: unknown): KnownAuthority {
  const { hash, address, keyHash } = fieldsOf(value, ['hash', 'address', 'keyHash']);
  const place = textOf(address);
  if (parseAddress(place) === null) throw new RangeError('address');
  return { hash: hashTextOf(hash), address: place, keyHash: hashTextOf(keyHash) };
}

function peoplesCard(): AppError {
  return new AppError(
    'relay-card',
    'usage',
    'that is the card for people: ask an operator of the network for the file `relay.card`',
  );
}

function refused(cause?: unknown): AppError {
  return new AppError(
    'relay-card',
    'usage',
    'that is no relay card: ask an operator of the network for the file `relay.card`',
    { cause },
  );
}
