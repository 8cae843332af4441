/**
 * Echo, whom everybody on a network can try (docs/spec/15-trust.md, 9): its address stands in the
 * network document or behind the network card, and it is told no name.
 */
import { AppError, fromUtf8, type Millis, utf8 } from '@tacet/base';
import type { NetworkId } from '@tacet/directory';
import { type AddressLink, decodeAddressLink, isOfNetwork } from '../addresses/card.ts';
import type { AddressFeature } from '../addresses/feature.ts';
import type { Network } from '../network/network.ts';
import type { ProfileStore } from '../ports.ts';
import { num } from '../store/rows.ts';
import { readSetting, removeSetting, writeSetting } from '../store/settings.ts';

const NAME = 'Echo';

/** A network card, and Echo's address behind it where there is one. */
export function splitCard(text: string): { readonly card: string; readonly echo: string | null } {
  const [card = '', echo, ...more] = text.trim().split(/\s+/);
  // Three words are nothing of ours: the card's own reader says so.
  return more.length > 0 ? { card: text, echo: null } : { card, echo: echo ?? null };
}

/**
 * Keeps what a card brought; one without Echo changes nothing on the same network. In a
 * transaction. @throws `address-malformed`, `address-network`
 */
export function keepEcho(
  store: ProfileStore,
  echo: string | null,
  network: { readonly id: NetworkId; readonly other: boolean },
): void {
  if (echo === null) {
    if (network.other) removeSetting(store, 'echo-address');
    return;
  }
  if (!isOfNetwork(decodeAddressLink(echo).card, network.id)) {
    throw new AppError('address-network', 'refused', 'this address belongs to another network');
  }
  writeSetting(store, 'echo-address', utf8(echo));
}

/**
 * Echo's address: what the network document names, which its authorities signed, before what stood
 * behind the card. @throws `echo-missing`, `address-malformed`
 */
export function echoAddress(store: ProfileStore, documented: Uint8Array | null): AddressLink {
  const named = documented !== null && documented.length > 0 ? documented : null;
  const address = named ?? readSetting(store, 'echo-address');
  if (address === null) {
    throw new AppError('echo-missing', 'missing', 'neither document nor card names an Echo');
  }
  return decodeAddressLink(fromUtf8(address));
}

export interface EchoDeps {
  readonly store: ProfileStore;
  readonly addresses: AddressFeature;
  readonly network: Network | null;
}

/** The contact that is Echo: met, under way, or asked now. Throws what `echoAddress` does. */
export function meetEcho({ store, addresses, network }: EchoDeps, now: Millis): string {
  const link = echoAddress(store, network?.book.newest()?.document.echo ?? null);
  const known = store.get(
    `SELECT id FROM contacts WHERE state = 'ready' AND key_set_hash = ?
     UNION SELECT c.id FROM contacts c JOIN sent_requests r ON r.contact_id = c.id
       WHERE c.state = 'meeting' AND r.card = ? LIMIT 1`,
    link.card.keySetHash,
    link.bytes,
  );
  if (known !== undefined) return String(num(known, 'id'));
  return addresses.send({ link, name: NAME, text: '', nameless: true }, now);
}
