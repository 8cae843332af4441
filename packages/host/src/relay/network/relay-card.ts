/**
 * `relay.card`: what an operator needs to join a network with a relay. The network card, where the
 * authorities are reached, and the network's numbers. JSON; holds the join secret, so it is for
 * people of the network only.
 */
import { AppError, hex, isAppError } from '@tacet/base';
import {
  decodeCard,
  encodeCard,
  type NetworkCard,
  type Parameters,
  parametersFrom,
  parseAddress,
} from '@tacet/directory';
import { LIMITS } from '../limits.ts';
import { type AllowedRelay, readAllowedRelay } from './allowed.ts';

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
const HASH = /^[0-9a-f]{64}$/;

export function encodeRelayCard({ card, authorities, parameters, relays }: RelayCard): string {
  const value = { form: FORM, card: encodeCard(card), authorities, parameters, relays };
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** @throws `relay-card` */
export function decodeRelayCard(text: string): RelayCard {
  if (text.trim().startsWith('tacet:network/')) throw peoplesCard();
  if (text.length > LIMITS.configBytes) throw refused();
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    const { form, card, authorities, parameters, relays } = value;
    if (form !== FORM || !Array.isArray(authorities) || !Array.isArray(relays)) throw refused();
    const read = {
      card: decodeCard(String(card)),
      authorities: authorities.map(readAuthority),
      parameters: parametersFrom(parameters),
      relays: relays.map(readAllowedRelay),
    };
    const named = read.card.authorities.map(hex).sort();
    const listed = read.authorities.map(({ hash }) => hash).sort();
    if (named.join() !== listed.join()) throw refused();
    return read;
  } catch (cause) {
    if (isAppError(cause, 'relay-card')) throw cause;
    throw refused(cause);
  }
}

function readAuthority(value: unknown): KnownAuthority {
  const { hash, address, keyHash } = value as Record<string, unknown>;
  if (parseAddress(String(address)) === null) throw refused();
  return { hash: readHash(hash), address: String(address), keyHash: readHash(keyHash) };
}

function readHash(value: unknown): string {
  if (!HASH.test(String(value))) throw refused();
  return String(value);
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
