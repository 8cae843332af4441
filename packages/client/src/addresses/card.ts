/**
 * The card of a reusable address (docs/spec/16-addresses.md, 1) and its one text form. The address
 * secret is a hash of the whole card, so who changes anything in it has another address.
 */
import {
  AppError,
  ByteReader,
  ByteWriter,
  base64url,
  equalBytes,
  fromBase64url,
  fromUtf8,
  isAppError,
  malformed,
  utf8,
} from '@tacet/base';
import { hash, KEM_PUBLIC_LENGTH, type KemPublicKey, kemPublicKeyFrom } from '@tacet/crypto';
import {
  CARD_PREFIX,
  decodeCard,
  MAX_CARD_CHARS,
  type NetworkId,
  networkIdOf,
} from '@tacet/directory';
import { MAX_NAME_BYTES } from '../limits.ts';
import { addressWords } from '../status/words.ts';

const VERSION = 1;
const PREFIX = 'tacet://address/1#';
/** Version, network, r, key-set hash, identity key, X-Wing key, length of the name. */
const FIXED = 1 + 8 + 32 + 32 + 33 + KEM_PUBLIC_LENGTH + 1;
const MAX_CARD = Math.ceil(((FIXED + MAX_NAME_BYTES) * 4) / 3);
const MAX_NETWORK_CARD = MAX_CARD_CHARS - CARD_PREFIX.length;
const FORM = new RegExp(
  `^${PREFIX}([\\w-]{1,${MAX_CARD}})(?:\\.([\\w-]{1,${MAX_NETWORK_CARD}}))?$`,
);

export interface AddressCard {
  /** First 8 bytes of the network id. */
  readonly network: Uint8Array;
  /** hash('address-lock', q); only the owner knows q. */
  readonly r: Uint8Array;
  readonly keySetHash: Uint8Array;
  /** 33 bytes, of the session identity in that key set. */
  readonly identityKey: Uint8Array;
  readonly kem: KemPublicKey;
  readonly name: string;
}

export function encodeAddressCard(card: AddressCard): Uint8Array {
  const name = utf8(card.name);
  return new ByteWriter(FIXED + name.length)
    .u8(VERSION)
    .put(card.network)
    .put(card.r)
    .put(card.keySetHash)
    .put(card.identityKey)
    .put(card.kem)
    .u8(name.length)
    .put(name)
    .done();
}

/** @throws `malformed` */
export function decodeAddressCard(bytes: Uint8Array): AddressCard {
  const input = new ByteReader(bytes, 'address card');
  if (input.u8() !== VERSION) throw malformed('address card');
  const network = input.copy(8);
  const r = input.copy(32);
  const keySetHash = input.copy(32);
  const identityKey = input.copy(33);
  const kemBytes = input.copy(KEM_PUBLIC_LENGTH);
  const length = input.u8();
  if (length < 1 || length > MAX_NAME_BYTES) throw malformed('address card');
  const name = fromUtf8(input.copy(length));
  input.end();
  try {
    return { network, r, keySetHash, identityKey, kem: kemPublicKeyFrom(kemBytes), name };
  } catch {
    throw malformed('address card');
  }
}

/** Everything of an address hangs off this: who has the card has it. */
export function addressSecret(card: Uint8Array): Uint8Array {
  return hash('address', card);
}

/** Eight words over the whole card: equal words, equal card. */
export function cardWords(card: Uint8Array): string {
  return addressWords(hash('address-words', card));
}

export interface AddressLink {
  /** The card's bytes. */
  readonly bytes: Uint8Array;
  readonly card: AddressCard;
  /** A network card's text where one is given along, else null; it is of that network. */
  readonly networkCard: string | null;
}

export function encodeAddressLink(card: Uint8Array, networkCard: string | null): string {
  const short = PREFIX + base64url(card);
  return networkCard === null ? short : `${short}.${networkCard.slice(CARD_PREFIX.length)}`;
}

/** White space around the text is taken off. @throws `address-malformed` */
export function decodeAddressLink(text: string): AddressLink {
  const [, body, network] = FORM.exec(text.trim()) ?? [];
  if (body === undefined) throw badAddress();
  try {
    const bytes = fromBase64url(body);
    const card = decodeAddressCard(bytes);
    const networkCard = network === undefined ? null : CARD_PREFIX + network;
    if (networkCard !== null && !isOfNetwork(card, networkIdOf(decodeCard(networkCard)))) {
      throw badAddress();
    }
    return { bytes, card, networkCard };
  } catch (cause) {
    if (!isAppError(cause)) throw cause;
    throw badAddress();
  }
}

export function isOfNetwork(card: Pick<AddressCard, 'network'>, id: NetworkId): boolean {
  return equalBytes(card.network, id.subarray(0, 8));
}

function badAddress(): AppError {
  return new AppError('address-malformed', 'input', 'this is not a Tacet address');
}
